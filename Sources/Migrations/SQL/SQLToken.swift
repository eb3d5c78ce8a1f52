/// A piece of SQL that means something: white space and comments are not tokens.
package struct SQLToken: Equatable, Sendable {
  /// What a token is.
  package enum Kind: Equatable, Sendable {
    /// A keyword or a bare identifier, in lower case.
    case word(String)
    /// An identifier in double quotes, without them.
    case quotedIdentifier(String)
    /// A string constant of any form, dollar quotes included.
    case string
    /// Any other single byte.
    case symbol(UInt8)
  }

  /// What the token is.
  package let kind: Kind
  /// The bytes of the script that it covers.
  package let range: Range<Int>

  /// The keyword or bare identifier in lower case, or nil.
  package var word: String? {
    if case .word(let text) = kind { return text }
    return nil
  }

  /// The name that the token spells as an identifier, or nil.
  package var identifier: String? {
    switch kind {
    case .word(let text), .quotedIdentifier(let text): text
    case .string, .symbol: nil
    }
  }

  /// Whether the token is this one character.
  package func isSymbol(_ character: Unicode.Scalar) -> Bool {
    kind == .symbol(UInt8(ascii: character))
  }
}
