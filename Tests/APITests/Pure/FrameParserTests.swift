import API
import TestSupport
import Testing

@Suite("The frames of clients")
struct FrameParserTests {
  private static let limit = 4_096

  /// What a parser makes of pieces, and how it ends.
  private func parse(_ pieces: [[UInt8]]) -> (frames: [ClientFrame], violation: CloseCode?) {
    var parser = FrameParser(messageBytesMax: Self.limit)
    var frames: [ClientFrame] = []
    for piece in pieces {
      let violation = piece.withUnsafeBytes { bytes -> FrameViolation? in
        do throws(FrameViolation) { try parser.feed(bytes) { frames.append($0) } } catch {
          return error
        }
        return nil
      }
      if let violation { return (frames, violation.code) }
    }
    return (frames, nil)
  }

  @Test("Fragments are put together, and control frames may stand between them")
  func fragments() {
    let bytes =
      ClientFrames.frame(1, Array("ha".utf8), isFinal: false) + ClientFrames.frame(9, [1, 2])
      + ClientFrames.frame(0, Array("lo".utf8), isFinal: false)
      + ClientFrames.frame(0, Array("!".utf8))
    let (frames, violation) = parse([bytes])
    #expect(frames == [.ping([1, 2]), .text(Array("halo!".utf8))])
    #expect(violation == nil)
  }

  @Test(
    "What breaks the rules is refused with its code",
    arguments: [
      (ClientFrames.frame(1, [65], mask: nil), CloseCode.protocolError),
      (ClientFrames.frame(1, [65], reserved: 0x40), .protocolError),
      (ClientFrames.frame(1, [65], reserved: 0x10), .protocolError),
      (ClientFrames.frame(3, [65]), .protocolError), (ClientFrames.frame(11, []), .protocolError),
      (ClientFrames.frame(0, [65]), .protocolError),
      (ClientFrames.frame(1, [65], isFinal: false) + ClientFrames.frame(1, [66]), .protocolError),
      (ClientFrames.frame(9, [], isFinal: false), .protocolError),
      (ClientFrames.frame(9, Array(repeating: 0, count: 126)), .protocolError),
      (ClientFrames.frame(8, [3]), .protocolError),
      (ClientFrames.frame(8, [3, 237]), .protocolError),
      (ClientFrames.frame(8, [0, 1]), .protocolError),
      (ClientFrames.frame(8, [3, 232, 0xFF]), .badText),
      (ClientFrames.frame(2, [1]), .unsupportedData),
      (ClientFrames.frame(1, [0xC3, 0x28]), .badText),
      (ClientFrames.frame(1, [0xED, 0xA0, 0x80]), .badText),
      (ClientFrames.frame(1, Array(repeating: 65, count: 4_097)), .tooBig),
      ([0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0], .protocolError),
      ([0x81, 0xFF, 0, 0, 0, 1, 0, 0, 0, 0], .tooBig), ([0x81, 0xFE, 0, 5], .protocolError),
    ])
  func violations(_ bytes: [UInt8], _ code: CloseCode) {
    #expect(parse([bytes]).violation == code)
    #expect(parse(bytes.map { [$0] }).violation == code)
  }

  @Test("Fragments together keep to the limit, in bytes and in number")
  func fragmentLimits() {
    let half = Array(repeating: UInt8(65), count: 2_100)
    let large = ClientFrames.frame(1, half, isFinal: false) + ClientFrames.frame(0, half)
    #expect(parse([large]).violation == .tooBig)
    let many =
      ClientFrames.frame(1, [], isFinal: false)
      + (0..<100).flatMap { _ in ClientFrames.frame(0, [], isFinal: false) }
    #expect(parse([many]).violation == .tooBig)
  }

  @Test("Bytes mean the same however they are torn", arguments: 0..<200 as Range<UInt64>)
  func torn(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let bytes = (0..<Int.random(in: 1...6, using: &random)).flatMap { _ in
      ClientFrames.random(using: &random)
    }
    let whole = parse([bytes])
    let torn = parse(ClientFrames.torn(bytes, using: &random))
    #expect(whole.frames == torn.frames && whole.violation == torn.violation, "seed \(seed)")
  }

  @Test("Any bytes end in frames or in a violation", arguments: 1_000..<1_300 as Range<UInt64>)
  func hostile(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let bytes = (0..<Int.random(in: 1...9_000, using: &random)).map { _ in
      UInt8.random(in: 0...255, using: &random)
    }
    for frame in parse(ClientFrames.torn(bytes, using: &random)).frames {
      if case .text(let text) = frame { #expect(text.count <= Self.limit) }
    }
  }
}
