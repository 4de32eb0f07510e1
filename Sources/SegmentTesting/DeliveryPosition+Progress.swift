internal import EventModel
public import EventStore

extension DeliveryPosition {
    /// What is on disk after that was written.
    public mutating func take(_ progress: DeliveryProgress) {
        var held = Dictionary(uniqueKeysWithValues: self.held.map { ($0.cursor, $0) })
        for (cursor, delivery) in progress.held { held[cursor] = delivery }
        self = progress.position
        self.held = held.values.sorted { $0.cursor < $1.cursor }
    }
}
