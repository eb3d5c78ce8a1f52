import HTTPTypes
import Hummingbird

/// What `GET /v1/socket` answers where the connection did not become a socket.
struct SocketRefusal {
  let check: UpgradeCheck

  private static let upgradeRequired = HTTPResponse.Status(
    code: 426, reasonPhrase: "Upgrade Required")

  func respond(_ request: Request, _ context: APIContext) async throws -> Response {
    let wasRefused = request.headers[.upgradeRefused] != nil
    let refusal = check.refusal(
      upgrade: wasRefused ? "websocket" : request.headers[.upgrade],
      version: request.headers[.secWebSocketVersion],
      key: request.headers[.secWebSocketKey], origin: request.headers[.origin],
      host: request.head.authority)
    throw problem(refusal)
  }

  private func problem(_ refusal: UpgradeCheck.Refusal?) -> Problem {
    switch refusal {
    case .notWebSocket:
      Problem(
        Self.upgradeRequired, "upgrade_required",
        "This address takes WebSockets only (RFC 6455).", headers: [.upgrade: "websocket"],
        endsConnection: true)
    case .wrongVersion:
      Problem(
        Self.upgradeRequired, "upgrade_required", "Only version 13 of WebSocket is spoken here.",
        headers: [.upgrade: "websocket", .secWebSocketVersion: "13"], endsConnection: true)
    case .badKey:
      Problem(
        .badRequest, "bad_request", "Sec-WebSocket-Key must be 16 bytes in base64.",
        endsConnection: true)
    case .originNotAllowed:
      Problem(
        .forbidden, "origin_not_allowed", "Sockets are opened from this server's own page only.",
        endsConnection: true)
    case nil:
      Problem(
        .tooManyRequests, "too_many_sockets",
        "There are too many sockets from this address, or this connection was used before. Open a "
          + "new connection in a moment.", headers: [.retryAfter: "2"], endsConnection: true)
    }
  }
}

extension HTTPField.Name {
  fileprivate static let upgradeRefused = HTTPField.Name(UpgradeGate.refusedHeader)!
}
