package import FoundationEssentials

extension UUID: PostgresFixedWidth {
  /// uuid.
  package static var postgresType: PostgresType { .uuid }
  /// uuid[].
  package static var postgresArrayType: PostgresType { .uuidArray }
  /// Sixteen bytes.
  package static var postgresWidth: Int { 16 }

  /// Writes sixteen bytes.
  package func store(to memory: UnsafeMutableRawPointer) {
    memory.storeBytes(of: uuid, as: uuid_t.self)
  }

  /// Reads sixteen bytes.
  package init(bytes: UnsafeRawBufferPointer, type: PostgresType) throws(DecodingFailure) {
    try bytes.expect(16, Self.self, type)
    self.init(uuid: bytes.loadUnaligned(as: uuid_t.self))
  }
}
