/// A script cut into its top-level statements.
package struct SQLScript: Equatable, Sendable {
  /// The statements, in order; empty ones are left out.
  package let statements: [SQLStatement]

  /// Cuts `text` at each semicolon that ends a statement.
  package init(_ text: String) {
    var splitter = SQLSplitter(bytes: Array(text.utf8))
    statements = splitter.statements()
  }
}

/// Finds the semicolons that end statements, and not those in parentheses or in a
/// `begin atomic … end` body.
private struct SQLSplitter {
  let bytes: [UInt8]
  private var tokens: [SQLToken] = []
  private var parentheses = 0
  private var blocks = 0
  private var line = 1
  private var lineCountedTo = 0

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func statements() -> [SQLStatement] {
    var scanner = SQLScanner(bytes)
    var found: [SQLStatement] = []
    while let token = scanner.next() {
      if token.isSymbol(";"), parentheses == 0, blocks == 0 {
        finish(&found)
      } else {
        note(token)
        tokens.append(token)
      }
    }
    finish(&found)
    return found
  }

  private mutating func note(_ token: SQLToken) {
    if token.isSymbol("(") { parentheses += 1 }
    if token.isSymbol(")") { parentheses = max(0, parentheses - 1) }
    guard let word = token.word, makesRoutine else { return }
    switch word {
    case "begin": blocks += 1
    case "case" where blocks > 0: blocks += 1
    case "end" where blocks > 0: blocks -= 1
    default: break
    }
  }

  /// Only `create function` and `create procedure` hold a body with semicolons of its own.
  private var makesRoutine: Bool {
    tokens.first?.word == "create"
      && tokens.prefix(4).contains { $0.word == "function" || $0.word == "procedure" }
  }

  private mutating func finish(_ found: inout [SQLStatement]) {
    defer {
      tokens = []
      parentheses = 0
      blocks = 0
    }
    guard let first = tokens.first, let last = tokens.last else { return }
    let start = first.range.lowerBound
    line += bytes[lineCountedTo..<start].count { $0 == UInt8(ascii: "\n") }
    lineCountedTo = start
    found.append(
      SQLStatement(
        text: String(decoding: bytes[start..<last.range.upperBound], as: UTF8.self),
        line: line,
        tokens: tokens.map { $0.shifted(by: -start) }
      )
    )
  }
}

extension SQLToken {
  fileprivate func shifted(by offset: Int) -> SQLToken {
    SQLToken(kind: kind, range: range.lowerBound + offset..<range.upperBound + offset)
  }
}
