/// A JSON object that was read whole and found good; its members are read where they are asked for.
package struct JSONObject: Sendable {
  private let bytes: [UInt8]
  private let members: [(name: JSONString, value: Range<Int>)]

  /// Reads a text whose object has only these members, in any order.
  package init(_ bytes: [UInt8], allowing names: [StaticString]? = nil) throws(JSONProblem) {
    guard String(validating: bytes, as: UTF8.self) != nil else { throw .notUTF8 }
    try self.init(checked: bytes, 0..<bytes.count)
    if let names { try refuseOthers(than: names) }
  }

  private init(checked bytes: [UInt8], _ range: Range<Int>) throws(JSONProblem) {
    let scanned = bytes.withUnsafeBufferPointer { buffer -> Result<[JSONMember], JSONProblem> in
      var scanner = JSONScanner(buffer, range)
      do throws(JSONProblem) { return .success(try scanner.object()) } catch {
        return .failure(error)
      }
    }
    self.bytes = bytes
    members = try scanned.get().map { ($0.name, $0.value) }
  }

  /// Throws where the object has a member that is not among these.
  package func refuseOthers(than names: [StaticString]) throws(JSONProblem) {
    let other = bytes.withUnsafeBufferPointer { buffer in
      members.first { member in
        !names.contains { member.name.equals($0, in: buffer) }
      }?.name.text(in: buffer)
    }
    if let other { throw .unknownName(other) }
  }

  private func value(_ name: StaticString) -> Range<Int>? {
    bytes.withUnsafeBufferPointer { buffer in
      members.first { $0.name.equals(name, in: buffer) }?.value
    }.flatMap { isNull($0) ? nil : $0 }
  }

  private func isNull(_ range: Range<Int>) -> Bool { bytes[range.lowerBound] == UInt8(ascii: "n") }

  /// Whether the member is there and not null.
  package func has(_ name: StaticString) -> Bool { value(name) != nil }

  /// A text; nil where it is missing or null.
  package func text(_ name: StaticString) throws(JSONProblem) -> String? {
    guard let range = value(name) else { return nil }
    guard bytes[range.lowerBound] == UInt8(ascii: "\"") else {
      throw .wrongValue(name.description, expected: "a string")
    }
    let inner = (range.lowerBound + 1)..<(range.upperBound - 1)
    return bytes.withUnsafeBufferPointer { buffer in
      JSONString(range: inner, hasEscapes: buffer[inner].contains(UInt8(ascii: "\\")))
        .text(in: buffer)
    }
  }

  /// A whole number that fits 64 bits; nil where it is missing or null.
  package func integer(_ name: StaticString) throws(JSONProblem) -> Int64? {
    guard let range = value(name) else { return nil }
    guard let number = Self.integer(bytes[range]) else {
      throw .wrongValue(name.description, expected: "a whole number")
    }
    return number
  }

  /// An object; nil where it is missing or null.
  package func object(
    _ name: StaticString, allowing names: [StaticString]? = nil
  ) throws(JSONProblem) -> JSONObject? {
    guard let range = value(name) else { return nil }
    guard bytes[range.lowerBound] == UInt8(ascii: "{") else {
      throw .wrongValue(name.description, expected: "an object")
    }
    let object = try JSONObject(checked: bytes, range)
    if let names { try object.refuseOthers(than: names) }
    return object
  }

  /// The bytes of an object as they stand; nil where it is missing or null.
  package func objectBytes(_ name: StaticString) throws(JSONProblem) -> [UInt8]? {
    guard let range = value(name) else { return nil }
    guard bytes[range.lowerBound] == UInt8(ascii: "{") else {
      throw .wrongValue(name.description, expected: "an object")
    }
    return Array(bytes[range])
  }

  /// True or false; nil where it is missing or null.
  package func flag(_ name: StaticString) throws(JSONProblem) -> Bool? {
    guard let range = value(name) else { return nil }
    switch bytes[range.lowerBound] {
    case UInt8(ascii: "t"): return true
    case UInt8(ascii: "f"): return false
    default: throw .wrongValue(name.description, expected: "true or false")
    }
  }

  /// An array of objects; nil where it is missing or null.
  package func objects(
    _ name: StaticString, atMost limit: Int
  ) throws(JSONProblem) -> [JSONObject]? {
    guard let range = value(name) else { return nil }
    guard bytes[range.lowerBound] == UInt8(ascii: "[") else {
      throw .wrongValue(name.description, expected: "an array of objects")
    }
    var objects: [JSONObject] = []
    for element in Self.elements(bytes, range) {
      guard bytes[element.lowerBound] == UInt8(ascii: "{"), objects.count < limit else {
        throw .wrongValue(name.description, expected: "an array of at most \(limit) objects")
      }
      objects.append(try JSONObject(checked: bytes, element))
    }
    return objects
  }

  private static func integer(_ digits: ArraySlice<UInt8>) -> Int64? {
    guard digits.count <= 20 else { return nil }
    var value: Int64 = 0
    let isNegative = digits.first == UInt8(ascii: "-")
    for byte in digits.dropFirst(isNegative ? 1 : 0) {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carried) = tens.subtractingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
      guard !overflow, !carried else { return nil }
      value = sum
    }
    // Counted downwards, since there is one negative number more.
    return isNegative ? value : value == .min ? nil : -value
  }

  /// Where the elements of an array stand; the text was scanned.
  private static func elements(_ bytes: [UInt8], _ array: Range<Int>) -> [Range<Int>] {
    var elements: [Range<Int>] = []
    var depth = 0
    var start = array.lowerBound + 1
    var isInString = false
    var position = array.lowerBound + 1
    while position < array.upperBound - 1 {
      let byte = bytes[position]
      if isInString {
        if byte == UInt8(ascii: "\\") { position += 1 }
        if byte == UInt8(ascii: "\"") { isInString = false }
      } else {
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        case UInt8(ascii: ",") where depth == 0:
          elements.append(start..<position)
          start = position + 1
        default: break
        }
      }
      position += 1
    }
    elements.append(start..<(array.upperBound - 1))
    return elements.map { trimmed(bytes, $0) }.filter { !$0.isEmpty }
  }

  private static func trimmed(_ bytes: [UInt8], _ range: Range<Int>) -> Range<Int> {
    var (lower, upper) = (range.lowerBound, range.upperBound)
    while lower < upper, isBlank(bytes[lower]) { lower += 1 }
    while upper > lower, isBlank(bytes[upper - 1]) { upper -= 1 }
    return lower..<upper
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }
}

extension JSONObject {
  /// A text that must be there.
  package func demandText(_ name: StaticString) throws(JSONProblem) -> String {
    guard let value = try text(name) else { throw .missing(name.description) }
    return value
  }

  /// A whole number that must be there.
  package func demandInteger(_ name: StaticString) throws(JSONProblem) -> Int64 {
    guard let value = try integer(name) else { throw .missing(name.description) }
    return value
  }
}
