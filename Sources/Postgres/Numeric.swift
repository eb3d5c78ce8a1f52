/// A decimal number of any size, as `numeric` has it, by its digits: "-12.50", "NaN", "Infinity".
package struct Numeric: Sendable, Hashable {
  /// The digits, as the server would write them.
  package let text: String

  /// Takes digits with an optional sign and decimal point; nil if it is not a number.
  package init?(_ text: String) {
    guard NumericDigits(text: text) != nil else { return nil }
    self.text = text
  }

  fileprivate init(unchecked text: String) {
    self.text = text
  }
}

extension Numeric: CustomStringConvertible {
  /// The digits.
  package var description: String { text }
}

extension Numeric: PostgresScalar {
  /// numeric.
  package static var postgresType: PostgresType { .numeric }
  /// numeric[].
  package static var postgresArrayType: PostgresType { .numericArray }

  /// Writes groups of four digits.
  package func encode(to writer: inout ByteWriter) throws(PostgresError) {
    guard let digits = NumericDigits(text: text) else {
      throw .unencodable("\(text) is not a number")
    }
    digits.write(to: &writer)
  }

  /// Reads groups of four digits.
  package init(bytes: UnsafeRawBufferPointer, type: PostgresType) throws(DecodingFailure) {
    self.init(unchecked: try NumericDigits(bytes: bytes, expected: Self.self).text)
  }
}

extension Int128: PostgresScalar {
  /// numeric, as sums of bigint are.
  package static var postgresType: PostgresType { .numeric }
  /// numeric[].
  package static var postgresArrayType: PostgresType { .numericArray }
  /// numeric and whole numbers.
  package static func accepts(_ type: PostgresType) -> Bool {
    type == .numeric || Int64.accepts(type)
  }

  /// Writes groups of four digits.
  package func encode(to writer: inout ByteWriter) throws(PostgresError) {
    NumericDigits(self).write(to: &writer)
  }

  /// Reads a whole number; a fraction or a number that is too large is an error.
  package init(bytes: UnsafeRawBufferPointer, type: PostgresType) throws(DecodingFailure) {
    guard type == .numeric else {
      self = Int128(try bytes.wholeNumber(as: Int64.self, type))
      return
    }
    let digits = try NumericDigits(bytes: bytes, expected: Self.self)
    guard let value = digits.wholeNumber else {
      throw DecodingFailure(
        expected: "Int128",
        actual: type,
        reason: "it is not a whole number, or too large"
      )
    }
    self = value
  }
}
