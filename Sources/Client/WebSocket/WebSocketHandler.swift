import NIOCore
import NIOWebSocket

/// Reads frames for a receiver and answers pings. On its channel's event loop only.
final class WebSocketHandler: ChannelInboundHandler {
  typealias InboundIn = WebSocketFrame
  typealias OutboundOut = WebSocketFrame

  private let receiver: any WebSocketReceiver
  private var end = WebSocketEnd.lost
  private var hasEnded = false

  init(_ receiver: any WebSocketReceiver) {
    self.receiver = receiver
  }

  func handlerAdded(context: ChannelHandlerContext) {
    receiver.opened(WebSocket(channel: context.channel))
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var frame = unwrapInboundIn(data)
    switch frame.opcode {
    case .text:
      let text = frame.data.readString(length: frame.data.readableBytes) ?? ""
      receiver.received(text, on: WebSocket(channel: context.channel))
    case .ping: answer(.pong, frame.unmaskedData, context)
    case .connectionClose:
      let code = frame.data.readInteger(as: UInt16.self)
      end = code.map { .closed(code: $0) } ?? .closed(code: 1005)
      answer(.connectionClose, frame.unmaskedData, context)
      context.close(promise: nil)
    default: break
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    tellEnd()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { tellEnd() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private func tellEnd() {
    guard !hasEnded else { return }
    hasEnded = true
    receiver.ended(end)
  }

  private func answer(
    _ opcode: WebSocketOpcode, _ data: ByteBuffer, _ context: ChannelHandlerContext
  ) {
    let frame = WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: data)
    context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
  }
}
