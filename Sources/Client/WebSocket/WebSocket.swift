import NIOCore
import NIOSSL
import NIOWebSocket

/// An open WebSocket, to be written to from anywhere.
package struct WebSocket: Sendable {
  let channel: any Channel

  /// Sends a text message; one that comes too late goes nowhere.
  package func send(_ text: String) {
    let data = channel.allocator.buffer(string: text)
    let frame = WebSocketFrame(fin: true, opcode: .text, maskKey: .random(), data: data)
    channel.writeAndFlush(frame, promise: nil)
  }

  /// Says goodbye and closes.
  package func close() {
    var data = channel.allocator.buffer(capacity: 2)
    data.write(webSocketErrorCode: .normalClosure)
    let frame = WebSocketFrame(
      fin: true, opcode: .connectionClose, maskKey: .random(), data: data)
    let channel = channel
    channel.writeAndFlush(frame).whenComplete { _ in channel.close(promise: nil) }
  }
}

/// How a WebSocket came to its end.
package enum WebSocketEnd: Sendable, Hashable, CustomStringConvertible {
  /// The other side said goodbye with this code.
  case closed(code: UInt16)
  /// The connection ended without a word.
  case lost

  /// Such as "closed with 1012".
  package var description: String {
    switch self {
    case .closed(let code): "closed with \(code)"
    case .lost: "lost"
    }
  }
}

/// Who hears of what comes over a WebSocket, always on its event loop.
package protocol WebSocketReceiver: AnyObject, Sendable {
  /// It is open; nothing was said yet.
  func opened(_ socket: WebSocket)
  /// A text message has come.
  func received(_ text: String, on socket: WebSocket)
  /// It is over; nothing will follow.
  func ended(_ end: WebSocketEnd)
}

extension ByteBuffer {
  fileprivate mutating func write(webSocketErrorCode code: WebSocketErrorCode) {
    writeInteger(UInt16(webSocketErrorCode: code))
  }
}
