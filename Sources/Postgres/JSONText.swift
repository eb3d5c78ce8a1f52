/// A JSON document as UTF-8; nothing here looks into it, the server checks it.
package struct JSONText: Sendable, Hashable {
  /// The document.
  package var bytes: [UInt8]

  /// Takes a document.
  package init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Takes a document.
  package init(_ text: String) {
    bytes = Array(text.utf8)
  }

  /// The document.
  package var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension JSONText: PostgresScalar {
  /// jsonb.
  package static var postgresType: PostgresType { .jsonb }
  /// jsonb[].
  package static var postgresArrayType: PostgresType { .jsonbArray }
  /// jsonb and json.
  package static func accepts(_ type: PostgresType) -> Bool { type == .jsonb || type == .json }

  /// Writes the version, 1, and the text.
  package func encode(to writer: inout ByteWriter) throws(PostgresError) {
    writer.append(UInt8(1))
    let start = writer.count
    writer.append(bytes)
    try writer.refuseNUL(from: start)
  }

  /// Reads the text, for jsonb after its version.
  package init(bytes: UnsafeRawBufferPointer, type: PostgresType) throws(DecodingFailure) {
    guard type == .jsonb else {
      self.bytes = Array(bytes)
      return
    }
    guard bytes.first == 1 else {
      throw DecodingFailure(
        expected: "JSONText",
        actual: type,
        reason: "the version of jsonb is not 1"
      )
    }
    self.bytes = Array(bytes.dropFirst())
  }
}
