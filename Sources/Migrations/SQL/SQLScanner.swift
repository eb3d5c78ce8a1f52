/// Cuts SQL into tokens by PostgreSQL's lexical rules, as far as finding statements needs.
///
/// Source: PostgreSQL manual, section 4.1 "Lexical Structure". Strings are read with
/// `standard_conforming_strings = on`, the server's default and what the runner sets.
package struct SQLScanner: Sendable {
  private let bytes: [UInt8]
  private var position = 0

  /// A scanner at the start of `bytes` (UTF-8).
  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The next token, or nil at the end. What is left open (a quote, a comment) ends at the end.
  package mutating func next() -> SQLToken? {
    skipBlanks()
    guard let byte = peek() else { return nil }
    switch byte {
    case UInt8(ascii: "'"): return string(escapes: false)
    case UInt8(ascii: "\""): return quotedIdentifier()
    case UInt8(ascii: "$"): return dollarQuoted() ?? symbol()
    case _ where byte.startsWord: return wordOrString()
    default: return symbol()
    }
  }

  private func peek(_ ahead: Int = 0) -> UInt8? {
    position + ahead < bytes.count ? bytes[position + ahead] : nil
  }

  private mutating func symbol() -> SQLToken {
    position += 1
    return SQLToken(kind: .symbol(bytes[position - 1]), range: position - 1..<position)
  }
}

extension SQLScanner {
  private mutating func skipBlanks() {
    while let byte = peek() {
      if byte.isBlank {
        position += 1
      } else if byte == UInt8(ascii: "-"), peek(1) == UInt8(ascii: "-") {
        skipLine()
      } else if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
        skipComment()
      } else {
        return
      }
    }
  }

  private mutating func skipLine() {
    while let byte = peek(), byte != UInt8(ascii: "\n") { position += 1 }
  }

  /// Block comments nest.
  private mutating func skipComment() {
    var depth = 0
    while let byte = peek() {
      if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
        depth += 1
        position += 2
      } else if byte == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
        depth -= 1
        position += 2
        if depth == 0 { return }
      } else {
        position += 1
      }
    }
  }
}

extension SQLScanner {
  /// A string from its opening quote on; with `escapes`, a backslash hides the next byte.
  private mutating func string(escapes: Bool, from start: Int? = nil) -> SQLToken {
    let start = start ?? position
    position += 1
    while let byte = peek() {
      position += 1
      if escapes, byte == UInt8(ascii: "\\") {
        position = min(position + 1, bytes.count)
      } else if byte == UInt8(ascii: "'") {
        guard peek() == UInt8(ascii: "'") else { break }
        position += 1
      }
    }
    return SQLToken(kind: .string, range: start..<position)
  }

  private mutating func quotedIdentifier() -> SQLToken {
    let start = position
    var name: [UInt8] = []
    position += 1
    while let byte = peek() {
      position += 1
      if byte == UInt8(ascii: "\"") {
        guard peek() == UInt8(ascii: "\"") else { break }
        position += 1
      }
      name.append(byte)
    }
    return SQLToken(
      kind: .quotedIdentifier(String(decoding: name, as: UTF8.self)),
      range: start..<position
    )
  }

  /// `$tag$ … $tag$`, or nil when no tag starts here (a parameter such as `$1`).
  private mutating func dollarQuoted() -> SQLToken? {
    let start = position
    var end = start + 1
    while end < bytes.count, bytes[end].continuesTag { end += 1 }
    guard end < bytes.count, bytes[end] == UInt8(ascii: "$") else { return nil }
    if let first = peek(1), first.isDigit { return nil }
    let tag = bytes[start...end]
    position = end + 1
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "$"), bytes[position...].starts(with: tag) {
        position += tag.count
        break
      }
      position += 1
    }
    return SQLToken(kind: .string, range: start..<position)
  }

  /// A word, unless it is the `e`, `b`, `x`, `n` or `u&` in front of a string constant.
  private mutating func wordOrString() -> SQLToken {
    let start = position
    while let byte = peek(), byte.continuesWord { position += 1 }
    let word = String(decoding: bytes[start..<position], as: UTF8.self).lowercased()
    if peek() == UInt8(ascii: "'"), ["e", "b", "x", "n"].contains(word) {
      return string(escapes: word == "e", from: start)
    }
    return SQLToken(kind: .word(word), range: start..<position)
  }
}

extension UInt8 {
  fileprivate var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
  fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
  fileprivate var startsWord: Bool {
    (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) || self == 0x5F || self >= 0x80
  }
  fileprivate var continuesTag: Bool { startsWord || isDigit }
  fileprivate var continuesWord: Bool { continuesTag || self == UInt8(ascii: "$") }
}
