/// Reads replies out of bytes as they come, torn wherever the network tears them. Pure: bytes in,
/// values out. Each byte is looked at once, however often it is torn.
package struct RESPParser: Sendable {
  private let limits: RESPLimits
  private var buffer: [UInt8] = []
  /// The first byte that is not read yet.
  private var start = 0
  /// Up to here no end of a line was found.
  private var searched = 0
  /// Arrays that are not whole, the outermost first.
  private var open: [OpenArray] = []
  /// The length of the bulk whose line was read.
  private var bulk: Int?
  /// Of the reply that is being read.
  private var elements = 0
  private var replyBytes = 0
  private var violation: RESPViolation?

  private struct OpenArray {
    var missing: Int
    var values: [RESPValue] = []
  }

  /// A parser at the beginning of a reply.
  package init(limits: RESPLimits = RESPLimits()) {
    self.limits = limits
  }

  /// Whether a reply has begun and is not whole.
  package var isInside: Bool { start < buffer.count || !open.isEmpty || bulk != nil }

  /// Takes bytes; `next` gives what is whole.
  package mutating func feed(_ bytes: some Sequence<UInt8>) {
    if start > 0 {
      buffer.removeFirst(start)
      searched -= start
      start = 0
    }
    buffer.append(contentsOf: bytes)
  }

  /// The next whole reply; nil where more bytes are needed. After it has thrown it throws the same
  /// for ever.
  package mutating func next() throws(RESPViolation) -> RESPValue? {
    if let violation { throw violation }
    do throws(RESPViolation) {
      return try read()
    } catch {
      violation = error
      throw error
    }
  }

  private mutating func read() throws(RESPViolation) -> RESPValue? {
    while let value = try readValue() {
      if let whole = close(value) {
        (elements, replyBytes) = (0, 0)
        return whole
      }
    }
    return nil
  }

  /// A value that is no array with elements; nil where bytes are missing.
  private mutating func readValue() throws(RESPViolation) -> RESPValue? {
    while true {
      if let count = bulk { return try readBulk(count) }
      guard let line = try readLine() else { return nil }
      if let value = try begin(line) { return value }
    }
  }

  /// What a line says; nil where it only begins something.
  private mutating func begin(_ line: ArraySlice<UInt8>) throws(RESPViolation) -> RESPValue? {
    let rest = line.dropFirst()
    switch line.first {
    case UInt8(ascii: "+"): return .simple(try Self.text(rest))
    case UInt8(ascii: "-"): return .error(try Self.text(rest))
    case UInt8(ascii: ":"): return .integer(try Self.number(rest))
    case UInt8(ascii: "$"): return try beginBulk(try Self.number(rest))
    case UInt8(ascii: "*"): return try beginArray(try Self.number(rest))
    case let byte: throw .unknownKind(byte ?? UInt8(ascii: "\r"))
    }
  }

  private mutating func beginBulk(_ count: Int64) throws(RESPViolation) -> RESPValue? {
    if count == -1 { return .null }
    guard count >= 0 else { throw .badNumber }
    guard count <= limits.bulkBytesMax else { throw .bulkTooLarge(limit: limits.bulkBytesMax) }
    try demand(bytes: Int(count))
    bulk = Int(count)
    return nil
  }

  private mutating func beginArray(_ count: Int64) throws(RESPViolation) -> RESPValue? {
    if count == -1 { return .null }
    guard count >= 0 else { throw .badNumber }
    if count == 0 { return .array([]) }
    guard open.count < limits.depthMax else { throw .tooDeep(limit: limits.depthMax) }
    guard count <= limits.elementsMax - elements else {
      throw .tooManyElements(limit: limits.elementsMax)
    }
    elements += Int(count)
    open.append(OpenArray(missing: Int(count)))
    return nil
  }

  /// Puts a value where it belongs; the reply, once it is whole.
  private mutating func close(_ value: RESPValue) -> RESPValue? {
    var value = value
    while let last = open.indices.last {
      open[last].values.append(value)
      open[last].missing -= 1
      guard open[last].missing == 0 else { return nil }
      value = .array(open.removeLast().values)
    }
    return value
  }
}

extension RESPParser {
  private static let carriageReturn = UInt8(ascii: "\r")
  private static let lineFeed = UInt8(ascii: "\n")

  /// A line without its end; nil where that has not come.
  private mutating func readLine() throws(RESPViolation) -> ArraySlice<UInt8>? {
    searched = max(searched, start)
    guard let end = buffer[searched...].firstIndex(of: Self.lineFeed) else {
      searched = buffer.count
      guard buffer.count - start <= limits.lineBytesMax + 1 else {
        throw .lineTooLong(limit: limits.lineBytesMax)
      }
      return nil
    }
    guard end > start, buffer[end - 1] == Self.carriageReturn else { throw .badLineEnd }
    let line = buffer[start..<(end - 1)]
    guard line.count <= limits.lineBytesMax else {
      throw .lineTooLong(limit: limits.lineBytesMax)
    }
    try demand(bytes: line.count)
    start = end + 1
    return line
  }

  private mutating func readBulk(_ count: Int) throws(RESPViolation) -> RESPValue? {
    guard buffer.count - start >= count + 2 else { return nil }
    let end = start + count
    guard buffer[end] == Self.carriageReturn, buffer[end + 1] == Self.lineFeed else {
      throw .badBulkEnd
    }
    let value = RESPValue.bulk(Array(buffer[start..<end]))
    start = end + 2
    bulk = nil
    return value
  }

  private mutating func demand(bytes: Int) throws(RESPViolation) {
    replyBytes += bytes
    guard replyBytes <= limits.replyBytesMax else {
      throw .replyTooLarge(limit: limits.replyBytesMax)
    }
  }

  private static func text(_ bytes: ArraySlice<UInt8>) throws(RESPViolation) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .badText }
    return text
  }

  /// Digits with a sign, and nothing else.
  private static func number(_ bytes: ArraySlice<UInt8>) throws(RESPViolation) -> Int64 {
    let isNegative = bytes.first == UInt8(ascii: "-")
    let digits = isNegative ? bytes.dropFirst() : bytes
    guard !digits.isEmpty else { throw .badNumber }
    var number: Int64 = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { throw .badNumber }
      let value = Int64(digit - UInt8(ascii: "0"))
      let (tens, tooMany) = number.multipliedReportingOverflow(by: 10)
      let (sum, tooMuch) =
        isNegative
        ? tens.subtractingReportingOverflow(value) : tens.addingReportingOverflow(value)
      guard !tooMany, !tooMuch else { throw .badNumber }
      number = sum
    }
    return number
  }
}
