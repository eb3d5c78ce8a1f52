package import Postgres

/// A case that the database writes as text, such as an outcome.
package protocol TextCoded: RawRepresentable<String>, PostgresDecodable {}

extension TextCoded {
  /// Whatever a text can be read from.
  package static func accepts(_ type: PostgresType) -> Bool { String.accepts(type) }

  /// Reads the text; one that is no case of this type means that the program is older than the
  /// database.
  package static func decode(_ cell: Cell) throws(DecodingFailure) -> Self {
    let text = try String.decode(cell)
    guard let value = Self(rawValue: text) else {
      throw DecodingFailure(expected: "\(Self.self)", reason: "\(text) is not one of its cases")
    }
    return value
  }
}

extension PostingResult.Outcome: TextCoded {}
