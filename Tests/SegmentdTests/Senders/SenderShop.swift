import Crypto
import Foundation

/// The rules, and what is asked and signed, of tests with other products' senders.
enum SenderShop {
    static let rules = """
        event order_completed
          also known as "Order Completed", purchase, "Placed Order", "orders/create"
          unique by order_id
          order_id text required also known as transaction_id, OrderId, id
          total number also known as value, total_price
        event added_to_cart
        event viewed also known as page, view_item
        segment buyers when order_completed where total >= 20
        segment carts when added_to_cart
        segment press when in list press_kit
        """

    struct Person: Decodable {
        struct Identifier: Decodable {
            var namespace: String
            var value: String
        }

        struct Stay: Decodable { var name: String }

        var identifiers: [Identifier]
        var segments: [Stay]

        var names: Set<String> { Set(identifiers.map { "\($0.namespace):\($0.value)" }) }
    }

    static func person(_ api: API, _ id: String, key: String? = nil) async throws -> Person {
        try await api.send("GET", "/v1/people/\(id)", key: key).decode(Person.self)
    }

    static func signature(_ body: String, _ secret: String) -> String {
        let key = SymmetricKey(data: Array(secret.utf8))
        let code = HMAC<SHA256>.authenticationCode(for: Array(body.utf8), using: key)
        return Data(code).base64EncodedString()
    }

    static let order =
        #"{"id":577,"email":"shop@x.org","cart_token":"t1","total_price":"600.00","customer":{"id":735}}"#
}
