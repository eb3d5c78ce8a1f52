import TestSupport

/// Frames as clients write them, good and bad.
enum ClientFrames {
  static func frame(
    _ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true, reserved: UInt8 = 0,
    mask: [UInt8]? = [1, 2, 3, 4]
  ) -> [UInt8] {
    var bytes: [UInt8] = [(isFinal ? 0x80 : 0) | reserved | opcode]
    let maskBit: UInt8 = mask == nil ? 0 : 0x80
    switch payload.count {
    case ...125: bytes.append(maskBit | UInt8(payload.count))
    case ...65_535:
      bytes += [maskBit | 126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
    default:
      bytes.append(maskBit | 127)
      bytes += (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
    }
    guard let mask else { return bytes + payload }
    return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 & 3] }
  }

  static func text(_ text: String) -> [UInt8] { frame(1, Array(text.utf8)) }

  /// Mostly good, now and then bad.
  static func random(using random: inout SeededGenerator) -> [UInt8] {
    let opcodes: [UInt8] = [1, 1, 1, 0, 2, 8, 9, 10, 3]
    let size = random.chance(percent: 90) ? 200 : 5_000
    let payload = (0..<Int.random(in: 0...size, using: &random)).map { _ in
      random.chance(percent: 95)
        ? UInt8.random(in: 32...126, using: &random) : UInt8.random(in: 0...255, using: &random)
    }
    let mask =
      random.chance(percent: 95)
      ? (0..<4).map { _ in UInt8.random(in: 0...255, using: &random) } : nil
    return frame(
      opcodes.randomElement(using: &random) ?? 1, payload,
      isFinal: random.chance(percent: 80), reserved: random.chance(percent: 95) ? 0 : 0x20,
      mask: mask)
  }

  /// The same bytes in pieces.
  static func torn(_ bytes: [UInt8], using random: inout SeededGenerator) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var position = 0
    while position < bytes.count {
      let count = min(bytes.count - position, Int.random(in: 1...64, using: &random))
      pieces.append(Array(bytes[position..<(position + count)]))
      position += count
    }
    return pieces
  }
}
