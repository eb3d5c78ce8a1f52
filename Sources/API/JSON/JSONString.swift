/// Where a string stands in a JSON text, without its quotes.
struct JSONString {
  let range: Range<Int>
  let hasEscapes: Bool

  /// The string itself; the text was scanned, so that its escapes are good.
  func text(in bytes: UnsafeBufferPointer<UInt8>) -> String {
    hasEscapes
      ? String(decoding: unescaped(bytes), as: UTF8.self)
      : String(decoding: bytes[range], as: UTF8.self)
  }

  /// Whether it is this text.
  func equals(_ text: StaticString, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    if hasEscapes { return self.text(in: bytes) == text.description }
    guard range.count == text.utf8CodeUnitCount else { return false }
    for offset in 0..<range.count where bytes[range.lowerBound + offset] != text.utf8Start[offset] {
      return false
    }
    return true
  }

  /// Whether two strings read the same.
  static func areEqual(
    _ left: JSONString, _ right: JSONString, in bytes: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    if left.hasEscapes || right.hasEscapes {
      return left.unescaped(bytes) == right.unescaped(bytes)
    }
    return left.range.count == right.range.count
      && bytes[left.range].elementsEqual(bytes[right.range])
  }

  /// The value of a hexadecimal digit.
  static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  private func unescaped(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var position = range.lowerBound
    while position < range.upperBound {
      guard bytes[position] == UInt8(ascii: "\\") else {
        result.append(bytes[position])
        position += 1
        continue
      }
      switch bytes[position + 1] {
      case UInt8(ascii: "b"): result.append(0x08)
      case UInt8(ascii: "f"): result.append(0x0C)
      case UInt8(ascii: "n"): result.append(0x0A)
      case UInt8(ascii: "r"): result.append(0x0D)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "u"):
        appendCodePoint(&result, &position, bytes)
        continue
      case let byte: result.append(byte)
      }
      position += 2
    }
    return result
  }

  private func appendCodePoint(
    _ result: inout [UInt8], _ position: inout Int, _ bytes: UnsafeBufferPointer<UInt8>
  ) {
    var value = Self.codeUnit(bytes, position + 2)
    position += 6
    if (0xD800..<0xDC00).contains(value) {
      let low = Self.codeUnit(bytes, position + 2)
      position += 6
      value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(value) else { return }
    result += Array(String(scalar).utf8)
  }

  private static func codeUnit(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> UInt32 {
    (start..<(start + 4)).reduce(0) { $0 << 4 | UInt32(hexadecimal(bytes[$1]) ?? 0) }
  }
}
