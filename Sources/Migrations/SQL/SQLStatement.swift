/// One statement of a script, without its semicolon.
package struct SQLStatement: Equatable, Sendable {
  /// The statement as written, from its first token to its last.
  package let text: String
  /// The line of the script on which its first token stands, from 1.
  package let line: Int
  /// Its tokens; their ranges count from the start of `text`.
  package let tokens: [SQLToken]

  /// The first `count` words, up to the first token that is none.
  package func leadingWords(_ count: Int) -> [String] {
    tokens.prefix(count).prefix { $0.word != nil }.compactMap(\.word)
  }

  /// Whether the statement starts with these words (lower case, one space between).
  package func starts(with phrase: String) -> Bool {
    let wanted = phrase.split(separator: " ").map(String.init)
    return leadingWords(wanted.count) == wanted
  }

  /// Whether a bare word occurs anywhere in it.
  package func contains(word: String) -> Bool {
    tokens.contains { $0.word == word }
  }
}

extension SQLStatement {
  /// The statement without the word CONCURRENTLY, for an empty database that nobody else uses.
  package var withoutConcurrently: String {
    guard let token = tokens.first(where: { $0.word == "concurrently" }) else { return text }
    var bytes = Array(text.utf8)
    bytes.removeSubrange(token.range)
    return String(decoding: bytes, as: UTF8.self)
  }
}
