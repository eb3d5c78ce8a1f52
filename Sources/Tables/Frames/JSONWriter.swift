import Core
import Domino

/// Writes JSON as bytes, a value at a time, with the commas between them.
struct JSONWriter {
  private(set) var bytes: [UInt8] = []
  private var needsComma = false

  /// An empty text with room for so many bytes.
  init(capacity: Int = 384) { bytes.reserveCapacity(capacity) }

  mutating func beginObject() { open(UInt8(ascii: "{")) }
  mutating func endObject() { close(UInt8(ascii: "}")) }
  mutating func beginArray() { open(UInt8(ascii: "[")) }
  mutating func endArray() { close(UInt8(ascii: "]")) }

  /// The name of the next value; plain ASCII without anything to escape.
  mutating func key(_ name: StaticString) {
    comma()
    plain(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  mutating func null() { token("null") }

  mutating func value(_ flag: Bool) { token(flag ? "true" : "false") }

  mutating func value(_ number: some BinaryInteger) {
    comma()
    digits(Int64(number))
    needsComma = true
  }

  mutating func value(_ chips: Chips) { value(chips.rawValue) }

  /// A text of ours: plain ASCII without anything to escape.
  mutating func value(_ text: StaticString) {
    comma()
    plain(text)
    needsComma = true
  }

  /// Any text.
  mutating func value(_ text: String) {
    comma()
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 { escape(byte) }
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  mutating func value<Subject>(_ id: ID<Subject>) { ascii(id.description) }

  mutating func value(_ seat: Seat) { value(seat.number) }

  /// "2-5".
  mutating func value(_ tile: Tile) {
    comma()
    let quote = UInt8(ascii: "\"")
    let zero = UInt8(ascii: "0")
    bytes.append(quote)
    bytes.append(zero &+ tile.low)
    bytes.append(UInt8(ascii: "-"))
    bytes.append(zero &+ tile.high)
    bytes.append(quote)
    needsComma = true
  }

  mutating func value(_ tiles: TileSet) {
    beginArray()
    for tile in tiles { value(tile) }
    endArray()
  }

  /// JSON that is written already.
  mutating func raw(_ json: [UInt8]) {
    comma()
    bytes.append(contentsOf: json)
    needsComma = true
  }

  private mutating func ascii(_ text: String) {
    comma()
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: text.utf8)
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  private mutating func open(_ bracket: UInt8) {
    comma()
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func comma() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
  }

  private mutating func token(_ text: StaticString) {
    comma()
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    needsComma = true
  }

  private mutating func plain(_ text: StaticString) {
    bytes.append(UInt8(ascii: "\""))
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func digits(_ number: Int64) {
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = number.magnitude
    let start = bytes.count
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    if bytes.count - start > 1 { bytes[start...].reverse() }
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(byte)
    case 0..<0x20:
      bytes.append(contentsOf: "\\u00".utf8)
      bytes.append(contentsOf: Hexadecimal.text([byte]).utf8)
    default: bytes.append(byte)
    }
  }
}
