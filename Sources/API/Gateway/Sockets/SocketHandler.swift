import Core
import NIOCore
import Platform
import Tables

/// One socket: the thin shell between the channel and `SocketProtocol`. Lives on its event loop.
final class SocketHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  let id: UInt64
  let gateway: Gateway
  let loop: LoopSockets
  private var conversation: SocketProtocol
  private var parser: FrameParser
  private var queue = OutQueue()
  private var context: ChannelHandlerContext?
  private var closing: Closing?
  private var needsFlush = false
  /// What the player wants, done one after the other.
  var work = SocketWork()

  private struct Closing {
    let code: CloseCode
    let deadline: Int64
  }

  /// How long a client may take to answer a close.
  private static let closeNanoseconds: Int64 = 2_000_000_000

  init(id: UInt64, gateway: Gateway, loop: LoopSockets) {
    self.id = id
    self.gateway = gateway
    self.loop = loop
    conversation = SocketProtocol(
      limits: gateway.limits, maintenance: gateway.maintenance, now: MonotonicTime.nanoseconds())
    parser = FrameParser(messageBytesMax: gateway.limits.messageBytes)
  }

  /// Whether the end has not been said.
  var isTakingFrames: Bool { closing == nil && context != nil }

  /// Whom the socket speaks for; nil before the welcome.
  var access: Access? { conversation.access }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    loop.add(self, id: id)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    loop.remove(id)
    gateway.left(self)
    leaveRooms()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard closing == nil else { return readAfterClose(data) }
    let buffer = unwrapInboundIn(data)
    let now = MonotonicTime.nanoseconds()
    do {
      try buffer.withUnsafeReadableBytes { bytes in
        try parser.feed(bytes) { take($0, now) }
      }
    } catch let violation as FrameViolation {
      perform(conversation.end(violation.code, violation.reason), now)
    } catch {
      perform(conversation.end(.protocolError, "the frame cannot be read"), now)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if needsFlush { flush(now: MonotonicTime.nanoseconds()) }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    settle(now: MonotonicTime.nanoseconds())
    context.fireChannelWritabilityChanged()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .inputClosed = event as? ChannelEvent { context.close(promise: nil) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private func take(_ frame: ClientFrame, _ now: Int64) {
    guard closing == nil else { return }
    switch frame {
    case .text(let bytes): perform(conversation.received(bytes, now: now), now)
    case .pong: perform(conversation.heard(now: now), now)
    case .ping(let bytes):
      perform(conversation.heard(now: now), now)
      if closing == nil { write(FrameWriter.pong(bytes), now: now) }
    case .close(let code):
      _ = conversation.end(.normal, "")
      write(FrameWriter.close(code ?? CloseCode.normal.rawValue, ""), now: now)
      flush(now: now)
      context?.close(promise: nil)
    }
  }

  /// Only the answer to our close is waited for.
  private func readAfterClose(_ data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    var isAnswered = false
    buffer.withUnsafeReadableBytes { bytes in
      try? parser.feed(bytes) { if case .close = $0 { isAnswered = true } }
    }
    if isAnswered { context?.close(promise: nil) }
  }
}

extension SocketHandler {
  /// Does what the conversation asks for.
  func perform(_ actions: [SocketProtocol.Action], _ now: Int64) {
    for action in actions {
      switch action {
      case .send(let bytes): write(FrameWriter.text(bytes), now: now)
      case .ping: write(FrameWriter.ping, now: now)
      case .authenticate(let token): authenticate(token)
      case .admit(let player):
        guard gateway.admit(player, self) else {
          return perform(
            conversation.end(
              .tooManySockets, "at most \(gateway.limits.socketsPerPlayer) sockets"), now)
        }
      case .watch(let cursor): watch(cursor)
      case .unwatch(let room): unwatch(room)
      case .command(let command): submit(command)
      case .close(let code, let reason): close(code, reason, now)
      }
    }
  }

  /// Gives a frame to the channel; `flush` sends it.
  func write(_ buffer: ByteBuffer, now: Int64) {
    guard let context, closing == nil else { return }
    queue.add(buffer.readableBytes, now: now)
    context.write(wrapOutboundOut(buffer), promise: nil)
    needsFlush = true
  }

  /// Sends what was written, and gives up a client that reads too slowly.
  func flush(now: Int64) {
    needsFlush = false
    context?.flush()
    settle(now: now)
  }

  private func authenticate(_ token: String) {
    let (id, loop, gateway, isFirst) = (id, loop, gateway, access == nil)
    Task {
      let result = await gateway.authenticate(token, isFirst: isFirst)
      loop.with(id) { handler in
        switch result {
        case .success(let good): handler.authenticated(good)
        case .failure(let refusal): handler.refused(refusal)
        }
      }
    }
  }

  private func settle(now: Int64) {
    guard let context, closing == nil, !queue.isEmpty else { return }
    queue.settle(buffered: Self.buffered(context.channel))
    if queue.isOverdue(gateway.limits, now: now) {
      perform(conversation.end(.slow, "the client reads too slowly"), now)
    }
  }

  /// Bytes that the system has not taken yet.
  private static func buffered(_ channel: any Channel) -> Int {
    (try? channel.syncOptions?.getOption(.bufferedWritableBytes)).flatMap { $0 } ?? 0
  }

  private func close(_ code: CloseCode, _ reason: String, _ now: Int64) {
    guard let context, closing == nil else { return }
    context.writeAndFlush(
      wrapOutboundOut(FrameWriter.close(code.rawValue, reason)), promise: nil)
    closing = Closing(code: code, deadline: now + Self.closeNanoseconds)
    gateway.closed(code)
    leaveRooms()
  }

  /// Once a second.
  func tick(now: Int64) {
    if let closing {
      if now > closing.deadline { context?.close(mode: .all, promise: nil) }
      return
    }
    settle(now: now)
    perform(conversation.tick(now: now), now)
    if needsFlush { flush(now: now) }
  }

  /// Ends the socket from outside.
  func end(_ code: CloseCode, _ reason: String) {
    perform(conversation.end(code, reason), MonotonicTime.nanoseconds())
  }

  /// The sign-in was revoked.
  func revoked() { perform(conversation.revoked(), MonotonicTime.nanoseconds()) }

  /// The server goes.
  func restarting() { perform(conversation.restarting(), MonotonicTime.nanoseconds()) }

  /// Ends the socket at once, whatever the client does.
  func drop() { context?.close(mode: .all, promise: nil) }

  /// A token was looked at.
  private func authenticated(_ good: GoodToken) {
    let now = MonotonicTime.nanoseconds()
    perform(
      conversation.authenticated(
        good.access, good.card, secondsLeft: good.secondsLeft, now: now), now)
    flush(now: now)
  }

  /// A token was not taken.
  private func refused(_ refusal: TokenRefusal) {
    let now = MonotonicTime.nanoseconds()
    perform(conversation.refused(refusal), now)
    flush(now: now)
  }

  /// Sends a message that became ready elsewhere.
  func send(_ bytes: [UInt8]) {
    let now = MonotonicTime.nanoseconds()
    write(FrameWriter.text(bytes), now: now)
    flush(now: now)
  }

  func lost(_ room: SerialID<Room>) { conversation.lost(room) }
  func beginCatchUp() { queue.beginCatchUp() }
  func endCatchUp() { queue.endCatchUp() }
}
