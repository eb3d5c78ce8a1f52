package import NIOCore

/// Writes the server's frames, which are not masked.
package enum FrameWriter {
  private static let finalBit: UInt8 = 0x80
  /// A reason that fits a control frame beside its code.
  private static let reasonBytesMax = 123

  /// A text message of one frame.
  package static func text(_ bytes: [UInt8]) -> ByteBuffer { frame(.text, bytes) }

  /// A ping without content.
  package static let ping = frame(.ping, [])

  /// The answer to a ping.
  package static func pong(_ bytes: [UInt8]) -> ByteBuffer { frame(.pong, bytes) }

  /// The end, with a code and a reason for people.
  package static func close(_ code: UInt16, _ reason: String) -> ByteBuffer {
    var reason = reason
    while reason.utf8.count > reasonBytesMax { reason.removeLast() }
    return frame(
      .close, [UInt8(code >> 8), UInt8(truncatingIfNeeded: code)] + Array(reason.utf8))
  }

  private static func frame(_ opcode: FrameOpcode, _ payload: [UInt8]) -> ByteBuffer {
    var buffer = ByteBufferAllocator().buffer(capacity: payload.count + 10)
    buffer.writeInteger(finalBit | opcode.rawValue)
    switch payload.count {
    case ...125: buffer.writeInteger(UInt8(payload.count))
    case ...Int(UInt16.max):
      buffer.writeInteger(UInt8(126))
      buffer.writeInteger(UInt16(payload.count))
    default:
      buffer.writeInteger(UInt8(127))
      buffer.writeInteger(UInt64(payload.count))
    }
    buffer.writeBytes(payload)
    return buffer
  }
}
