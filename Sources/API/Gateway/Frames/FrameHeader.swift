/// What a frame is.
enum FrameOpcode: UInt8 {
  case continuation = 0
  case text = 1
  case binary = 2
  case close = 8
  case ping = 9
  case pong = 10
}

/// The first bytes of a client's frame.
struct FrameHeader {
  let isFinal: Bool
  let opcode: FrameOpcode
  let mask: (UInt8, UInt8, UInt8, UInt8)
  let headerBytes: Int
  let payloadBytes: Int

  private static let finalBit: UInt8 = 0x80
  private static let reservedBits: UInt8 = 0x70
  private static let maskBit: UInt8 = 0x80
  private static let shortBytesMax = 125
  private static let mediumLength = 126

  /// Reads a header; nil while it is not whole. What is wrong is said as soon as it shows.
  init?(_ bytes: UnsafeRawBufferPointer, from start: Int) throws(FrameViolation) {
    let available = bytes.count - start
    guard available >= 1 else { return nil }
    let first = bytes[start]
    guard first & Self.reservedBits == 0 else {
      throw FrameViolation(.protocolError, "the reserved bits must be zero")
    }
    guard let opcode = FrameOpcode(rawValue: first & 0x0F) else {
      throw FrameViolation(.protocolError, "an unknown opcode")
    }
    guard available >= 2 else { return nil }
    let second = bytes[start + 1]
    guard second & Self.maskBit != 0 else {
      throw FrameViolation(.protocolError, "a client's frames must be masked")
    }
    let short = Int(second & ~Self.maskBit)
    let lengthBytes = short <= Self.shortBytesMax ? 0 : short == Self.mediumLength ? 2 : 8
    guard available >= 2 + lengthBytes else { return nil }
    payloadBytes = try Self.length(short, bytes, start + 2, lengthBytes)
    headerBytes = 2 + lengthBytes + 4
    isFinal = first & Self.finalBit != 0
    self.opcode = opcode
    guard available >= headerBytes else {
      // The length is known and can be refused before the mask is here.
      mask = (0, 0, 0, 0)
      return
    }
    let key = start + 2 + lengthBytes
    mask = (bytes[key], bytes[key + 1], bytes[key + 2], bytes[key + 3])
  }

  /// The length, which must be written in the shortest way.
  private static func length(
    _ short: Int, _ bytes: UnsafeRawBufferPointer, _ start: Int, _ count: Int
  ) throws(FrameViolation) -> Int {
    guard count > 0 else { return short }
    let value = (0..<count).reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[start + $1]) }
    let least: UInt64 = count == 2 ? UInt64(shortBytesMax) + 1 : UInt64(UInt16.max) + 1
    guard value >= least, value <= UInt64(Int.max) / 2 else {
      throw FrameViolation(.protocolError, "a length must be written in the shortest way")
    }
    return Int(value)
  }
}
