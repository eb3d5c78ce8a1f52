import Client
import NIOCore

/// Who uses a socket; on its event loop only.
protocol SocketUser: AnyObject, Sendable {
  /// The first message.
  var hello: String { get }
  /// A text frame has come.
  func received(_ text: String, on loop: any EventLoop, send: @escaping @Sendable (String) -> Void)
}

/// A WebSocket of one player.
final class Socket: WebSocketReceiver {
  private let player: any SocketUser
  private let loop: any EventLoop

  private init(_ player: any SocketUser, on loop: any EventLoop) {
    self.player = player
    self.loop = loop
  }

  /// Connects, upgrades and says hello.
  static func open(port: Int, on loop: any EventLoop, _ player: any SocketUser) async throws {
    let client = try WebSocketClient(ServerAddress("http://127.0.0.1:\(port)"))
    try await client.open(path: "/v1/socket", on: loop, Socket(player, on: loop))
  }

  func opened(_ socket: WebSocket) { socket.send(player.hello) }

  func received(_ text: String, on socket: WebSocket) {
    player.received(text, on: loop) { socket.send($0) }
  }

  func ended(_ end: WebSocketEnd) {}
}
