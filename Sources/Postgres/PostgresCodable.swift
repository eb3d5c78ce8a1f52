/// A value that can be bound to a parameter of a statement.
package protocol PostgresEncodable: Sendable {
  /// The type that the server is told; `.unspecified` lets it find out.
  static var postgresType: PostgresType { get }
  /// Adds the value as one parameter.
  func bind(to bindings: inout Bindings)
}

/// A value that can be read from a column.
package protocol PostgresDecodable: Sendable {
  /// True when a column of this type can be read.
  static func accepts(_ type: PostgresType) -> Bool
  /// Reads one cell; checks its type, and that it is not NULL unless `Self` is optional.
  static func decode(_ cell: Cell) throws(DecodingFailure) -> Self
}

/// A type that can be read from a whole row.
package protocol RowDecodable {
  /// Reads the row, as a rule by `row.decode((…).self)`.
  init(row: Row) throws(PostgresError)
}

/// A type of which arrays can be sent and read.
package protocol PostgresArrayElement: Sendable {
  /// The type of the server's arrays of it.
  static var postgresArrayType: PostgresType { get }
  /// True when a column of this array type can be read.
  static func acceptsArray(_ type: PostgresType) -> Bool
  /// Writes a whole array; here so that each type gets fast code of its own.
  static func encodeArray(_ values: [Self], to writer: inout ByteWriter) throws(PostgresError)
  /// Reads a whole array; the type is one that `acceptsArray` took.
  static func decodeArray(
    _ bytes: UnsafeRawBufferPointer,
    type: PostgresType
  ) throws(DecodingFailure) -> [Self]
}

/// A value that is neither array nor optional; arrays and optionals of it come for free.
package protocol PostgresScalar: PostgresEncodable, PostgresDecodable, PostgresArrayElement {
  /// Writes the binary form, without its length.
  func encode(to writer: inout ByteWriter) throws(PostgresError)
  /// Reads the binary form; the type is one that `accepts` took.
  init(bytes: UnsafeRawBufferPointer, type: PostgresType) throws(DecodingFailure)
  /// Writes a whole array with NULLs.
  static func encodeOptionalArray(
    _ values: [Self?],
    to writer: inout ByteWriter
  ) throws(PostgresError)
}

extension PostgresScalar {
  /// Only the type itself; types that read more say so.
  package static func accepts(_ type: PostgresType) -> Bool { type == postgresType }

  /// Checks type and NULL, then reads.
  package static func decode(_ cell: Cell) throws(DecodingFailure) -> Self {
    guard accepts(cell.type) else { throw cell.failure(Self.self, "the types do not match") }
    guard let bytes = cell.bytes else { throw cell.failure(Self.self, "it is NULL") }
    return try Self(bytes: bytes, type: cell.type)
  }

  /// Adds the value as one parameter.
  package func bind(to bindings: inout Bindings) {
    bindings.append(Self.postgresType) { writer throws(PostgresError) in
      try encode(to: &writer)
    }
  }
}

/// A scalar whose binary form always has the same length.
package protocol PostgresFixedWidth: PostgresScalar {
  /// The length in bytes.
  static var postgresWidth: Int { get }
  /// Writes the binary form to memory of that length.
  func store(to memory: UnsafeMutableRawPointer)
}

extension PostgresFixedWidth {
  /// Writes the binary form.
  package func encode(to writer: inout ByteWriter) throws(PostgresError) {
    writer.append(count: Self.postgresWidth) { store(to: $0) }
  }
}

/// One value of an answer, still in the memory of the answer. Do not keep it.
package struct Cell {
  /// The binary form; nil for NULL.
  package let bytes: UnsafeRawBufferPointer?
  /// The column's type.
  package let type: PostgresType

  func failure(_ expected: any Any.Type, _ reason: String) -> DecodingFailure {
    DecodingFailure(expected: "\(expected)", actual: type, reason: reason)
  }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
  /// The type of what is wrapped.
  package static var postgresType: PostgresType { Wrapped.postgresType }

  /// Adds the value or NULL as one parameter.
  package func bind(to bindings: inout Bindings) {
    if let self { self.bind(to: &bindings) } else { bindings.appendNull(Wrapped.postgresType) }
  }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
  /// What the wrapped type accepts.
  package static func accepts(_ type: PostgresType) -> Bool { Wrapped.accepts(type) }

  /// Reads NULL as nil; the type is checked even then.
  package static func decode(_ cell: Cell) throws(DecodingFailure) -> Wrapped? {
    if cell.bytes != nil { return try Wrapped.decode(cell) }
    guard Wrapped.accepts(cell.type) else {
      throw cell.failure(Self.self, "the types do not match")
    }
    return nil
  }
}

// A phantom-typed id, an amount or an enum with a raw value needs nothing but the conformance.
extension PostgresScalar where Self: RawRepresentable, RawValue: PostgresScalar {
  /// The raw value's type.
  package static var postgresType: PostgresType { RawValue.postgresType }
  /// The raw value's array type.
  package static var postgresArrayType: PostgresType { RawValue.postgresArrayType }
  /// What the raw value accepts.
  package static func accepts(_ type: PostgresType) -> Bool { RawValue.accepts(type) }

  /// Writes the raw value.
  package func encode(to writer: inout ByteWriter) throws(PostgresError) {
    try rawValue.encode(to: &writer)
  }

  /// Reads the raw value.
  package init(bytes: UnsafeRawBufferPointer, type: PostgresType) throws(DecodingFailure) {
    let rawValue = try RawValue(bytes: bytes, type: type)
    guard let value = Self(rawValue: rawValue) else {
      throw DecodingFailure(
        expected: "\(Self.self)",
        actual: type,
        reason: "the value is not one of its cases"
      )
    }
    self = value
  }

  /// Writes an array of the raw values.
  package static func encodeArray(
    _ values: [Self],
    to writer: inout ByteWriter
  ) throws(PostgresError) {
    try RawValue.encodeArray(values.map(\.rawValue), to: &writer)
  }

  /// Writes an array of the raw values, with NULLs.
  package static func encodeOptionalArray(
    _ values: [Self?],
    to writer: inout ByteWriter
  ) throws(PostgresError) {
    try RawValue.encodeOptionalArray(values.map { $0?.rawValue }, to: &writer)
  }
}
