import NIOCore
import NIOExtras

/// Ends connections that do nothing: no whole request in time, or a client that does not read.
final class ConnectionGuard: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer

  private let firstRequest: TimeAmount
  private let stalled: TimeAmount
  private var firstDeadline: Scheduled<Void>?
  private var stallDeadline: Scheduled<Void>?
  private var hasRequest = false

  init(limits: APILimits) {
    firstRequest = .seconds(Int64(limits.firstRequestSeconds))
    stalled = .seconds(Int64(limits.idleSeconds))
  }

  /// The first request's head is whole.
  func requestCame() {
    hasRequest = true
    firstDeadline?.cancel()
    firstDeadline = nil
  }

  func handlerAdded(context: ChannelHandlerContext) {
    firstDeadline = Self.close(context.channel, in: firstRequest)
  }

  func handlerRemoved(context: ChannelHandlerContext) { cancel() }

  func channelInactive(context: ChannelHandlerContext) {
    cancel()
    context.fireChannelInactive()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    stallDeadline?.cancel()
    stallDeadline =
      context.channel.isWritable ? nil : Self.close(context.channel, in: stalled)
    context.fireChannelWritabilityChanged()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // Before its first request nobody else would end the connection at shutdown.
    if event is ChannelShouldQuiesceEvent, !hasRequest { context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }

  private func cancel() {
    firstDeadline?.cancel()
    stallDeadline?.cancel()
    (firstDeadline, stallDeadline) = (nil, nil)
  }

  private static func close(_ channel: any Channel, in time: TimeAmount) -> Scheduled<Void> {
    channel.eventLoop.scheduleTask(in: time) { channel.close(mode: .all, promise: nil) }
  }
}
