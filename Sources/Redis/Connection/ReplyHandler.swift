import NIOCore
import NIOSSL

/// The end of a channel's pipeline: bytes in, replies out. Lives on its event loop.
final class ReplyHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private var parser: RESPParser
  private let onReply: (RESPValue) -> Void
  private let onEnd: (String) -> Void
  private var hasEnded = false

  /// `onEnd` is called once, with the reason.
  init(
    limits: RESPLimits, onReply: @escaping (RESPValue) -> Void, onEnd: @escaping (String) -> Void
  ) {
    parser = RESPParser(limits: limits)
    self.onReply = onReply
    self.onEnd = onEnd
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    parser.feed(unwrapInboundIn(data).readableBytesView)
    do throws(RESPViolation) {
      while !hasEnded, let reply = try parser.next() { onReply(reply) }
    } catch {
      end("that is not Redis, or it is broken: \(error)")
      context.close(promise: nil)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    end("the server ended the connection")
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    end(ConnectReason.text(error))
    context.close(promise: nil)
  }

  private func end(_ reason: String) {
    guard !hasEnded else { return }
    hasEnded = true
    onEnd(reason)
  }
}
