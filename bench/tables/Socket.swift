import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// Who uses a socket; on its event loop only.
protocol SocketUser: AnyObject, Sendable {
  /// The first message.
  var hello: String { get }
  /// A text frame has come.
  func received(_ text: String, on loop: any EventLoop, send: @escaping (String) -> Void)
}

/// A WebSocket of one player.
///
/// Used on its channel's event loop only.
final class Socket: ChannelInboundHandler {
  typealias InboundIn = WebSocketFrame
  typealias OutboundOut = WebSocketFrame

  private let player: any SocketUser

  private init(_ player: any SocketUser) {
    self.player = player
  }

  /// Connects, upgrades and says hello.
  static func open(port: Int, on loop: any EventLoop, _ player: any SocketUser) async throws {
    let upgraded = loop.makePromise(of: Void.self)
    let channel = try await ClientBootstrap(group: loop)
      .channelInitializer { channel in
        let upgrader = NIOWebSocketClientUpgrader { channel, _ in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(Socket(player))
            upgraded.succeed()
          }
        }
        let asking = UpgradeRequest(port: port)
        return channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHTTPClientHandlers(
            withClientUpgrade: (
              upgraders: [upgrader],
              completionHandler: { context in
                context.pipeline.syncOperations.removeHandler(asking, promise: nil)
              }
            ))
          try channel.pipeline.syncOperations.addHandler(asking)
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
    channel.closeFuture.whenComplete { _ in upgraded.fail(ChannelError.eof) }
    try await upgraded.futureResult.get()
  }

  func handlerAdded(context: ChannelHandlerContext) {
    send(player.hello, context)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var frame = unwrapInboundIn(data)
    switch frame.opcode {
    case .text:
      let text = frame.data.readString(length: frame.data.readableBytes) ?? ""
      let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
      player.received(text, on: context.eventLoop) { self.send($0, bound.value) }
    case .ping:
      let pong = WebSocketFrame(
        fin: true, opcode: .pong, maskKey: .random(), data: frame.unmaskedData)
      context.writeAndFlush(wrapOutboundOut(pong), promise: nil)
    default: break
    }
  }

  private func send(_ text: String, _ context: ChannelHandlerContext) {
    let data = context.channel.allocator.buffer(string: text)
    let frame = WebSocketFrame(fin: true, opcode: .text, maskKey: .random(), data: data)
    context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
  }
}

/// Sends the request that asks for the upgrade.
private final class UpgradeRequest: ChannelInboundHandler, RemovableChannelHandler, Sendable {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  private let port: Int

  init(port: Int) {
    self.port = port
  }

  func channelActive(context: ChannelHandlerContext) {
    let head = HTTPRequestHead(
      version: .http1_1, method: .GET, uri: "/v1/socket",
      headers: ["Host": "127.0.0.1:\(port)", "Content-Length": "0"])
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }
}
