import NIOCore
import NIOHTTP1

/// Looks at a connection's first request before the upgrade does: what may not become a socket loses
/// its `Upgrade`, and goes on to the routes as a plain request. (NIO's upgrade handler loses the head
/// of a request whose upgrade it refuses itself.)
final class UpgradeGate: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart

  /// Tells the routes that the request wanted to become a socket; clients cannot say it.
  static let refusedHeader = "Higgs-Upgrade-Refused"

  private let upgrader: SocketUpgrader

  init(upgrader: SocketUpgrader) {
    self.upgrader = upgrader
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(var head) = unwrapInboundIn(data) else {
      return context.fireChannelRead(data)
    }
    head.headers.remove(name: Self.refusedHeader)
    if head.headers.contains(name: "Upgrade"), !upgrader.admits(head, context.channel) {
      let wanted = head.headers.first(name: "Upgrade") ?? ""
      head.headers.remove(name: "Upgrade")
      if wanted.lowercased() == "websocket" {
        head.headers.add(name: Self.refusedHeader, value: "1")
      }
    }
    context.fireChannelRead(wrapInboundOut(.head(head)))
    context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
  }
}
