package import Core
package import Postgres

/// One check of the ledger or of the journal.
package struct IntegrityCheck: Hashable, Sendable, RowDecodable {
  /// Its name, such as `seals_intact`.
  package var name: String
  /// Whether all is well.
  package var isOK: Bool
  /// How many things it looked at.
  package var examined: Int64
  /// What is wrong, or worth knowing; nil where there is nothing to say.
  package var problem: String?

  /// Reads a row of verify_ledger or verify_journal.
  package init(row: Row) throws(PostgresError) {
    (name, isOK, examined, problem) = try row.decode((String, Bool, Int64, String?).self)
  }
}

/// The newest sealed block: what is signed outside the database and published.
package struct LedgerHead: Hashable, Sendable, RowDecodable {
  /// Number of the block.
  package var number: Int64
  /// Position of its last row.
  package var lastPosition: Int64
  /// SHA-256 of the chain up to it, 32 bytes.
  package var hash: [UInt8]

  /// Reads no, last_xid and hash.
  package init(row: Row) throws(PostgresError) {
    (number, lastPosition, hash) = try row.decode((Int64, Int64, [UInt8]).self)
  }
}

extension Ledger {
  /// Checks the ledger, all of it or what has come since the last rollup. `head` is the hash of a
  /// published seal: where it is not in the chain, history was rewritten.
  package func verify(
    head: [UInt8]? = nil, recentOnly: Bool = false
  ) async throws(PostgresError) -> [IntegrityCheck] {
    try await client.query(
      """
      select check_name, is_ok, examined, problem from verify_ledger(\(head), \(recentOnly))
      """
    ).decode(IntegrityCheck.self)
  }

  /// Seals what has become final; how many blocks that made, at most `blocks`.
  @discardableResult
  package func seal(atMost blocks: Int32 = 100) async throws(PostgresError) -> Int {
    let row = try await client.query("select seal_ledger(\(blocks))").one()
    return Int(try row.decode(Int32.self, column: 0))
  }

  /// Adds what has become final to the rollups; how many rows that were.
  @discardableResult
  package func rollUp() async throws(PostgresError) -> Int64 {
    try await client.query("select roll_up_ledger()").one().decode(column: 0)
  }

  /// The newest seal; nil before the first.
  package func head() async throws(PostgresError) -> LedgerHead? {
    try await client.query("select no, last_xid, hash from ledger_head()")
      .decode(LedgerHead.self).first
  }

  /// Stores a signature of a seal; false where that key had signed it before.
  package func sign(
    seal: Int64, keyID: String, signature: [UInt8]
  ) async throws(PostgresError) -> Bool {
    try await client.query("select sign_seal(\(seal), \(keyID), \(signature))")
      .one().decode(column: 0)
  }
}

extension Journal {
  /// Checks hands, moves and results against each other and against the ledger.
  package func verify() async throws(PostgresError) -> [IntegrityCheck] {
    try await client.query("select check_name, is_ok, examined, problem from verify_journal()")
      .decode(IntegrityCheck.self)
  }
}
