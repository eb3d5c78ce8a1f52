package import Core
import FoundationEssentials
package import Postgres

/// The newest sealed block: what is signed outside the database and published.
package struct LedgerHead: Hashable, Sendable {
  /// Number of the block.
  package var number: Int64
  /// Position of its last row.
  package var lastPosition: Int64
  /// Identifier of its last row.
  package var lastID: ID<Transaction>
  /// SHA-256 of the chain up to it, 32 bytes.
  package var hash: [UInt8]

  /// A head as it stands.
  package init(number: Int64, lastPosition: Int64, lastID: ID<Transaction>, hash: [UInt8]) {
    self.number = number
    self.lastPosition = lastPosition
    self.lastID = lastID
    self.hash = hash
  }
}

extension LedgerHead {
  /// Name of the form that is signed; a change of the form is a new name.
  package static var format: String { "higgs-domino ledger head v1" }

  /// What is signed (docs/ledger-signing.md): format, number, last position, last id and hash, each
  /// after its length in four bytes, all of it big-endian. Nothing in it depends on the database
  /// that holds the ledger, so that a restored copy has the same.
  package var signedBytes: [UInt8] {
    [
      Array(Self.format.utf8), number.bigEndianBytes, lastPosition.bigEndianBytes,
      lastID.rawValue.bigEndianBytes, hash,
    ]
    .flatMap { UInt32($0.count).bigEndianBytes + $0 }
  }
}

extension LedgerHead: RowDecodable {
  /// Reads no, last_xid, last_id and hash.
  package init(row: Row) throws(PostgresError) {
    let (number, lastPosition, lastID, hash) = try row.decode(
      (Int64, Int64, UUID, [UInt8]).self)
    self.init(number: number, lastPosition: lastPosition, lastID: ID(lastID), hash: hash)
  }
}

/// A signature of a seal that the database keeps, with the seal as it is now.
package struct StoredSignature: Hashable, Sendable {
  /// Number of the seal that was signed.
  package var number: Int64
  /// The seal with that number; nil where there is none any more.
  package var head: LedgerHead?
  /// Ed25519, 64 bytes.
  package var signature: [UInt8]

  /// A signature as it stands.
  package init(number: Int64, head: LedgerHead?, signature: [UInt8]) {
    self.number = number
    self.head = head
    self.signature = signature
  }
}

extension StoredSignature: RowDecodable {
  /// Reads seal_no, signature, last_xid, last_id and hash; the last three may be null.
  package init(row: Row) throws(PostgresError) {
    let (number, signature, position, id, hash) = try row.decode(
      (Int64, [UInt8], Int64?, UUID?, [UInt8]?).self)
    self.init(number: number, head: nil, signature: signature)
    if let position, let id, let hash {
      head = LedgerHead(number: number, lastPosition: position, lastID: ID(id), hash: hash)
    }
  }
}

extension FixedWidthInteger {
  /// The bytes, the most significant first.
  fileprivate var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
