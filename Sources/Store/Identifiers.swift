package import Core
package import FoundationEssentials

extension ID {
  /// The same 128 bits as PostgreSQL's client takes them.
  package var uuid: UUID {
    withUnsafeBytes(of: rawValue.bigEndian) { UUID(uuid: $0.load(as: uuid_t.self)) }
  }

  /// The same 128 bits as PostgreSQL's client gives them.
  package init(_ uuid: UUID) {
    self.init(
      rawValue: withUnsafeBytes(of: uuid.uuid) {
        UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self))
      })
  }
}
