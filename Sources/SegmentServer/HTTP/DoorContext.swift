internal import EventStore
internal import Foundation
internal import Hummingbird

/// What is known of a request besides what it says.
struct DoorContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Its key; nil where none is needed.
    var key: APIKey?
    /// Whether it brought no key in a place that everybody looks at, and its handler is to look in the body.
    var awaitsKey = false

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
    }

    /// A part of the path that stands for anything, as it is meant.
    func text(_ name: String) -> String {
        let text = coreContext.parameters.get(name) ?? ""
        return text.removingPercentEncoding ?? text
    }
}
