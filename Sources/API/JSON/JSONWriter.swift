/// Writes a JSON object, byte by byte, for the small messages of the gateway.
package struct JSONWriter {
  private(set) var bytes: [UInt8] = [UInt8(ascii: "{")]

  /// An empty object.
  package init() {}

  /// The whole object.
  package var finished: [UInt8] { bytes + [UInt8(ascii: "}")] }

  /// Adds a text; nil adds nothing.
  package mutating func add(_ name: StaticString, _ value: String?) {
    guard let value else { return }
    addName(name)
    appendQuoted(value)
  }

  /// Adds a whole number; nil adds nothing.
  package mutating func add(_ name: StaticString, _ value: Int64?) {
    guard let value else { return }
    addName(name)
    bytes += Array(String(value).utf8)
  }

  /// Adds true or false.
  package mutating func add(_ name: StaticString, _ value: Bool) {
    addName(name)
    bytes += Array((value ? "true" : "false").utf8)
  }

  /// Adds an object.
  package mutating func add(_ name: StaticString, _ object: JSONWriter) {
    addName(name)
    bytes += object.finished
  }

  private mutating func addName(_ name: StaticString) {
    if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
    bytes.append(UInt8(ascii: "\""))
    bytes += UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  private mutating func appendQuoted(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20:
        bytes += Array("\\u00".utf8)
        bytes.append(Self.digit(byte >> 4))
        bytes.append(Self.digit(byte & 15))
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
