import Client
import NIOCore

/// Who uses a socket; on its event loop only.
protocol SocketUser: AnyObject, Sendable {
  /// The first message.
  var hello: String { get }
  /// What is sent once everybody is there; nil for nothing.
  var begin: String? { get }
  /// A text frame has come.
  func received(_ text: String, on loop: any EventLoop, send: @escaping @Sendable (String) -> Void)
}

/// A WebSocket of one player; on its event loop only.
final class Socket: WebSocketReceiver, @unchecked Sendable {
  private let player: any SocketUser
  private let loop: any EventLoop
  private var socket: WebSocket?

  private init(_ player: any SocketUser, on loop: any EventLoop) {
    self.player = player
    self.loop = loop
  }

  /// Connects, upgrades and says hello.
  static func open(
    port: Int, on loop: any EventLoop, _ player: any SocketUser
  ) async throws -> Socket {
    let client = try WebSocketClient(ServerAddress("http://127.0.0.1:\(port)"))
    let socket = Socket(player, on: loop)
    try await client.open(path: "/v1/socket", on: loop, socket)
    return socket
  }

  /// Everybody is there. From any thread.
  func begin() {
    loop.execute {
      if let message = self.player.begin { self.socket?.send(message) }
    }
  }

  func opened(_ socket: WebSocket) {
    self.socket = socket
    socket.send(player.hello)
  }

  func received(_ text: String, on socket: WebSocket) {
    player.received(text, on: loop) { socket.send($0) }
  }

  func ended(_ end: WebSocketEnd) { socket = nil }
}
