import HTTPTypes
import Hummingbird

/// What `GET /v1/socket` answers where the connection was not upgraded.
enum SocketRefusal {
  static func respond(_ request: Request, _ context: APIContext) async throws -> Response {
    guard request.headers[.upgrade]?.lowercased() == "websocket" else {
      throw Problem(
        HTTPResponse.Status(code: 426), "upgrade_required",
        "This address takes WebSockets only (RFC 6455).", headers: [.upgrade: "websocket"],
        endsConnection: true)
    }
    throw Problem(
      .forbidden, "socket_refused",
      "The socket was refused: the Origin is not this server's, there are too many sockets from "
        + "this address, or the connection was used before. Connect anew.",
      endsConnection: true)
  }
}
