#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The first legal move that a frame offers its receiver.
struct Move {
  var hand: String
  var number: String
  var tile: String
  var end: String

  init?(in frame: FrameBytes) {
    guard let legal = frame.place(after: #""legal":[{"#),
      let turn = frame.place(after: #""turn":{"#),
      let hand = frame.value(of: "hand", after: turn),
      let number = frame.value(of: "move", after: turn),
      let tile = frame.value(of: "tile", after: legal),
      let ends = frame.place(after: #""ends":[""#, from: legal)
    else { return nil }
    (self.hand, self.number, self.tile) = (hand, number, tile)
    end = frame.word(at: ends)
  }
}

/// The bytes of a frame, in which texts are looked for and nothing is parsed.
struct FrameBytes {
  private let bytes: UnsafeBufferPointer<UInt8>

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  func contains(_ needle: String) -> Bool { place(after: needle) != nil }

  /// What follows the first place of some text.
  func place(after needle: String, from start: Int = 0) -> Int? {
    var needle = needle
    return needle.withUTF8 { needle in
      guard let base = bytes.baseAddress, let wanted = needle.baseAddress else { return nil }
      var place = start
      while place + needle.count <= bytes.count,
        let found = memchr(base + place, Int32(needle[0]), bytes.count - place - needle.count + 1)
      {
        place = UnsafeRawPointer(found) - UnsafeRawPointer(base) + needle.count
        if memcmp(found, wanted, needle.count) == 0 { return place }
        place -= needle.count - 1
      }
      return nil
    }
  }

  /// A field's value, without quotes.
  func value(of name: String, after start: Int) -> String? {
    guard var place = place(after: "\"\(name)\":", from: start) else { return nil }
    if place < bytes.count, bytes[place] == UInt8(ascii: "\"") { place += 1 }
    return word(at: place)
  }

  /// What comes before the next quote, comma or brace.
  func word(at start: Int) -> String {
    let rest = bytes[start...]
    let stops: [UInt8] = [UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: "}")]
    return String(decoding: rest.prefix { !stops.contains($0) }, as: UTF8.self)
  }
}
