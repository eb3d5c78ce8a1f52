import Foundation
import NIOHTTP1

/// What a request must be to become a socket (RFC 6455, section 4.2.1), and from where it may come.
struct UpgradeCheck {
  /// Why it cannot.
  enum Refusal: Error, Hashable {
    case notWebSocket
    case wrongVersion
    case badKey
    case originNotAllowed
  }

  static let path = "/v1/socket"
  private static let version = "13"
  private static let keyBytes = 16

  /// Origins beside the server's own, such as a game's own site.
  let allowedOrigins: Set<String>

  /// Whether the request may become a socket. Programs send no Origin; browsers always do, and must
  /// come from our own page: a page of somebody else must not play with the player's browser.
  func refusal(
    upgrade: String?, version: String?, key: String?, origin: String?, host: String?
  ) -> Refusal? {
    guard upgrade?.lowercased() == "websocket" else { return .notWebSocket }
    guard version == Self.version else { return .wrongVersion }
    guard let key, let bytes = Data(base64Encoded: key), bytes.count == Self.keyBytes else {
      return .badKey
    }
    guard let origin else { return nil }
    if allowedOrigins.contains(origin) { return nil }
    guard let host, !host.isEmpty else { return .originNotAllowed }
    return origin == "http://\(host)" || origin == "https://\(host)" ? nil : .originNotAllowed
  }

  func refusal(_ head: HTTPRequestHead) -> Refusal? {
    refusal(
      upgrade: head.headers.first(name: "Upgrade"),
      version: head.headers.first(name: "Sec-WebSocket-Version"),
      key: head.headers.first(name: "Sec-WebSocket-Key"),
      origin: head.headers.first(name: "Origin"), host: head.headers.first(name: "Host"))
  }
}
