#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension String: PostgresScalar {
  /// text.
  package static var postgresType: PostgresType { .text }
  /// text[].
  package static var postgresArrayType: PostgresType { .textArray }
  /// Every type that is text and no more; for enums, json and the like, cast to text.
  package static func accepts(_ type: PostgresType) -> Bool {
    switch type {
    case .text, .varchar, .bpchar, .name, .unknown, .char: true
    default: false
    }
  }

  /// Writes UTF-8; refuses a NUL, which no text of PostgreSQL can hold.
  package func encode(to writer: inout ByteWriter) throws(PostgresError) {
    let start = writer.count
    writer.append(utf8: self)
    try writer.refuseNUL(from: start)
  }

  /// Reads UTF-8.
  package init(bytes: UnsafeRawBufferPointer, type: PostgresType) throws(DecodingFailure) {
    self = String(decoding: bytes, as: UTF8.self)
  }
}

extension Array: PostgresArrayElement where Element == UInt8 {
  /// bytea[].
  package static var postgresArrayType: PostgresType { .byteaArray }
}

extension Array: PostgresScalar where Element == UInt8 {
  /// Writes the bytes as they are.
  package func encode(to writer: inout ByteWriter) throws(PostgresError) {
    writer.append(self)
  }

  /// Reads the bytes as they are.
  package init(bytes: UnsafeRawBufferPointer, type: PostgresType) throws(DecodingFailure) {
    self = Array(bytes)
  }
}

/// An array of bytes is one bytea, not an array of the server.
extension UInt8: PostgresArrayElement {
  /// bytea.
  package static var postgresArrayType: PostgresType { .bytea }
  /// bytea.
  package static func acceptsArray(_ type: PostgresType) -> Bool { type == .bytea }

  /// Writes the bytes as they are.
  package static func encodeArray(
    _ values: [UInt8],
    to writer: inout ByteWriter
  ) throws(PostgresError) {
    writer.append(values)
  }

  /// Reads the bytes as they are.
  package static func decodeArray(
    _ bytes: UnsafeRawBufferPointer,
    type: PostgresType
  ) throws(DecodingFailure) -> [UInt8] {
    Array(bytes)
  }
}

extension ByteWriter {
  /// Writes UTF-8 without a copy in between.
  mutating func append(utf8 text: String) {
    let done: Void? = text.utf8.withContiguousStorageIfAvailable {
      append(UnsafeRawBufferPointer($0))
    }
    if done == nil { append(Array(text.utf8)) }
  }

  /// Throws if a NUL was written.
  func refuseNUL(from start: Int) throws(PostgresError) {
    let found = bytes.withUnsafeBytes { all -> Bool in
      guard start < all.count, let base = all.baseAddress else { return false }
      return memchr(base + start, 0, all.count - start) != nil
    }
    if found { throw Self.nulInText }
  }

  static let nulInText = PostgresError.unencodable(
    "a text holds a NUL character, which PostgreSQL cannot store"
  )
}
