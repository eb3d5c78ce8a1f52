/// Walks over a JSON text once (RFC 8259) and finds the members of its object. It refuses what
/// parsers read differently from each other: duplicate names, NUL, bad UTF-8, great depth.
struct JSONScanner {
  /// How deep arrays and objects may lie in each other.
  static let depthMax = 32
  /// Most members of one object.
  static let membersMax = 128

  private let bytes: UnsafeBufferPointer<UInt8>
  private var position: Int
  private let end: Int

  /// A scanner of a part of the bytes, which are UTF-8.
  init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  /// The members of the object that the whole text is.
  mutating func object() throws(JSONProblem) -> [JSONMember] {
    skipBlanks()
    guard peek == UInt8(ascii: "{") else {
      if position == end { throw .malformed(offset: position) }
      try value(depth: 1)
      throw .notAnObject
    }
    let members = try members(depth: 1)
    skipBlanks()
    guard position == end else { throw .malformed(offset: position) }
    return members
  }

  private var peek: UInt8 { position < end ? bytes[position] : 0 }

  private mutating func skipBlanks() {
    while position < end {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  private mutating func expect(_ byte: UInt8) throws(JSONProblem) {
    guard position < end, bytes[position] == byte else { throw .malformed(offset: position) }
    position += 1
  }

  private mutating func value(depth: Int) throws(JSONProblem) {
    switch peek {
    case UInt8(ascii: "{"): _ = try members(depth: depth)
    case UInt8(ascii: "["): try array(depth: depth)
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "t"): try word("true")
    case UInt8(ascii: "f"): try word("false")
    case UInt8(ascii: "n"): try word("null")
    default: try number()
    }
  }

  private mutating func members(depth: Int) throws(JSONProblem) -> [JSONMember] {
    guard depth <= Self.depthMax else { throw .tooDeep(limit: Self.depthMax) }
    try expect(UInt8(ascii: "{"))
    var members: [JSONMember] = []
    skipBlanks()
    if peek == UInt8(ascii: "}") {
      position += 1
      return members
    }
    while true {
      skipBlanks()
      let name = try string()
      try refuseDuplicate(name, in: members)
      skipBlanks()
      try expect(UInt8(ascii: ":"))
      skipBlanks()
      let start = position
      try value(depth: depth + 1)
      guard members.count < Self.membersMax else {
        throw .tooManyMembers(limit: Self.membersMax)
      }
      members.append(JSONMember(name: name, value: start..<position))
      skipBlanks()
      if peek != UInt8(ascii: ",") { break }
      position += 1
    }
    try expect(UInt8(ascii: "}"))
    return members
  }

  /// Names are compared as they read, not as they are written: `"a"` and `"\u0061"` are one.
  private func refuseDuplicate(
    _ name: JSONString, in members: [JSONMember]
  ) throws(JSONProblem) {
    for member in members where JSONString.areEqual(name, member.name, in: bytes) {
      throw .duplicateName(name.text(in: bytes))
    }
  }

  private mutating func array(depth: Int) throws(JSONProblem) {
    guard depth <= Self.depthMax else { throw .tooDeep(limit: Self.depthMax) }
    try expect(UInt8(ascii: "["))
    skipBlanks()
    if peek == UInt8(ascii: "]") {
      position += 1
      return
    }
    while true {
      skipBlanks()
      try value(depth: depth + 1)
      skipBlanks()
      if peek != UInt8(ascii: ",") { break }
      position += 1
    }
    try expect(UInt8(ascii: "]"))
  }
}

extension JSONScanner {
  private mutating func string() throws(JSONProblem) -> JSONString {
    try expect(UInt8(ascii: "\""))
    let start = position
    var hasEscapes = false
    while position < end {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        position += 1
        return JSONString(range: start..<(position - 1), hasEscapes: hasEscapes)
      case UInt8(ascii: "\\"):
        hasEscapes = true
        try escape()
      case 0: throw .hasNUL
      case 1..<0x20: throw .malformed(offset: position)
      default: position += 1
      }
    }
    throw .malformed(offset: position)
  }

  private mutating func escape() throws(JSONProblem) {
    position += 1
    switch peek {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      position += 1
    case UInt8(ascii: "u"):
      let start = position - 1
      let unit = try codeUnit()
      switch unit {
      case 0: throw .hasNUL
      case 0xD800..<0xDC00:
        guard peek == UInt8(ascii: "\\"), position + 1 < end,
          bytes[position + 1] == UInt8(ascii: "u")
        else { throw .malformed(offset: start) }
        position += 1
        guard (0xDC00..<0xE000).contains(try codeUnit()) else { throw .malformed(offset: start) }
      case 0xDC00..<0xE000: throw .malformed(offset: start)
      default: break
      }
    default: throw .malformed(offset: position)
    }
  }

  /// Reads `u` and four hexadecimal digits.
  private mutating func codeUnit() throws(JSONProblem) -> UInt16 {
    position += 1
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard position < end, let digit = JSONString.hexadecimal(bytes[position]) else {
        throw .malformed(offset: position)
      }
      unit = unit << 4 | UInt16(digit)
      position += 1
    }
    return unit
  }

  private mutating func word(_ word: StaticString) throws(JSONProblem) {
    for index in 0..<word.utf8CodeUnitCount { try expect(word.utf8Start[index]) }
  }

  private mutating func number() throws(JSONProblem) {
    if peek == UInt8(ascii: "-") { position += 1 }
    if peek == UInt8(ascii: "0") { position += 1 } else { try digits() }
    if peek == UInt8(ascii: ".") {
      position += 1
      try digits()
    }
    guard peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") else { return }
    position += 1
    if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
    try digits()
  }

  private mutating func digits() throws(JSONProblem) {
    let start = position
    while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(peek) { position += 1 }
    guard position > start else { throw .malformed(offset: position) }
  }
}

/// A member of an object: where its name and its value stand.
struct JSONMember {
  let name: JSONString
  let value: Range<Int>
}
