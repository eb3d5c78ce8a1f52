/// A `numeric` as it travels: groups of four decimal digits, the first counting 10000^weight.
struct NumericDigits: Equatable {
  enum Kind: UInt16 {
    case positive = 0x0000
    case negative = 0x4000
    case notANumber = 0xC000
    case infinity = 0xD000
    case negativeInfinity = 0xF000
  }

  var kind: Kind
  /// The power of 10000 of the first group.
  var weight: Int
  /// How many decimal digits are shown after the point.
  var scale: Int
  var groups: [Int16]

  /// The server's limits for digits before and after the point.
  static let maximumIntegerDigits = 131_072
  static let maximumScale = 16_383
}

extension NumericDigits {
  init(_ value: Int128) {
    var rest = value.magnitude
    var reversed: [Int16] = []
    while rest > 0 {
      reversed.append(Int16(rest % 10_000))
      rest /= 10_000
    }
    self.init(
      kind: value < 0 ? .negative : .positive,
      weight: max(0, reversed.count - 1),
      scale: 0,
      groups: reversed.reversed()
    )
    trim()
  }

  /// The value, if it is whole and not too large.
  var wholeNumber: Int128? {
    guard kind == .positive || kind == .negative else { return nil }
    var value: Int128 = 0
    for (index, group) in groups.enumerated() {
      if index > weight {
        if group != 0 { return nil }
        continue
      }
      let digit = kind == .negative ? -Int128(group) : Int128(group)
      guard let next = value.times10000(plus: digit) else { return nil }
      value = next
    }
    for _ in 0..<max(0, weight + 1 - groups.count) where value != 0 {
      guard let next = value.times10000(plus: 0) else { return nil }
      value = next
    }
    return value
  }

  private mutating func trim() {
    while let last = groups.last, last == 0 { groups.removeLast() }
    while let first = groups.first, first == 0 {
      groups.removeFirst()
      weight -= 1
    }
    if groups.isEmpty { weight = 0 }
  }
}

extension NumericDigits {
  init?(text: String) {
    switch text {
    case "NaN": self.init(kind: .notANumber, weight: 0, scale: 0, groups: [])
    case "Infinity": self.init(kind: .infinity, weight: 0, scale: 0, groups: [])
    case "-Infinity": self.init(kind: .negativeInfinity, weight: 0, scale: 0, groups: [])
    default: self.init(decimal: text)
    }
  }

  private init?(decimal text: String) {
    var digits = Array(text.utf8)
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
    let parts = digits.split(
      separator: UInt8(ascii: "."),
      maxSplits: 1,
      omittingEmptySubsequences: false
    )
    let whole = parts.first.map(Array.init) ?? []
    let fraction = parts.count == 2 ? Array(parts[1]) : []
    guard !whole.isEmpty || !fraction.isEmpty,
      (whole + fraction).allSatisfy({ (48...57).contains($0) }),
      whole.count <= Self.maximumIntegerDigits, fraction.count <= Self.maximumScale
    else { return nil }
    self.init(
      kind: isNegative ? .negative : .positive,
      weight: (whole.count + 3) / 4 - 1,
      scale: fraction.count,
      groups: Self.grouped(whole: whole, fraction: fraction)
    )
    trim()
    if groups.isEmpty { kind = .positive }
  }

  private static func grouped(whole: [UInt8], fraction: [UInt8]) -> [Int16] {
    let zero = UInt8(ascii: "0")
    let padded =
      Array(repeating: zero, count: (4 - whole.count % 4) % 4) + whole + fraction
      + Array(repeating: zero, count: (4 - fraction.count % 4) % 4)
    return stride(from: 0, to: padded.count, by: 4).map { start in
      padded[start..<start + 4].reduce(0) { $0 * 10 + Int16($1 - zero) }
    }
  }

  /// The digits, as the server writes them.
  var text: String {
    switch kind {
    case .notANumber: return "NaN"
    case .infinity: return "Infinity"
    case .negativeInfinity: return "-Infinity"
    case .positive, .negative: break
    }
    var text = kind == .negative ? "-" : ""
    text += weight < 0 ? "0" : String(group(at: weight))
    for power in stride(from: weight - 1, through: 0, by: -1) { text += padded(group(at: power)) }
    guard scale > 0 else { return text }
    var fraction = ""
    for power in 1...((scale + 3) / 4) { fraction += padded(group(at: -power)) }
    return text + "." + fraction.prefix(scale)
  }

  private func group(at power: Int) -> Int16 {
    let index = weight - power
    return groups.indices.contains(index) ? groups[index] : 0
  }

  private func padded(_ group: Int16) -> String {
    let digits = String(group)
    return String(repeating: "0", count: 4 - digits.count) + digits
  }
}

extension NumericDigits {
  init(
    bytes: UnsafeRawBufferPointer,
    expected: any Any.Type
  ) throws(DecodingFailure) {
    let count = bytes.count >= 8 ? Int(bytes.integer(as: Int16.self)) : -1
    guard count >= 0, bytes.count == 8 + count * 2,
      let kind = Kind(rawValue: bytes.integer(at: 4, as: UInt16.self))
    else {
      throw DecodingFailure(
        expected: "\(expected)",
        actual: .numeric,
        reason: "the digits are cut short"
      )
    }
    self.init(
      kind: kind,
      weight: Int(bytes.integer(at: 2, as: Int16.self)),
      scale: Int(bytes.integer(at: 6, as: Int16.self)),
      groups: (0..<count).map { bytes.integer(at: 8 + $0 * 2, as: Int16.self) }
    )
  }

  func write(to writer: inout ByteWriter) {
    writer.append(Int16(groups.count))
    writer.append(Int16(weight))
    writer.append(kind.rawValue)
    writer.append(Int16(scale))
    for group in groups { writer.append(group) }
  }
}

extension Int128 {
  fileprivate func times10000(plus digit: Int128) -> Int128? {
    let (product, overflow) = multipliedReportingOverflow(by: 10_000)
    let (sum, more) = product.addingReportingOverflow(digit)
    return overflow || more ? nil : sum
  }
}
