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

  /// A check as it came out.
  package init(name: String, isOK: Bool, examined: Int64, problem: String?) {
    self.name = name
    self.isOK = isOK
    self.examined = examined
    self.problem = problem
  }

  /// Reads a row of verify_ledger or verify_journal.
  package init(row: Row) throws(PostgresError) {
    (name, isOK, examined, problem) = try row.decode((String, Bool, Int64, String?).self)
  }
}

extension Ledger {
  /// Checks the ledger, all of it or what has come since the last rollup. `head` is the hash of a
  /// published seal: where it is not in the chain, history was rewritten.
  package func verify(
    head: [UInt8]? = nil, recentOnly: Bool = false, timeoutMilliseconds: Int? = nil
  ) async throws(PostgresError) -> [IntegrityCheck] {
    try await client.query(
      """
      select check_name, is_ok, examined, problem from verify_ledger(\(head), \(recentOnly))
      """, QueryOptions(timeoutMilliseconds: timeoutMilliseconds)
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
    try await client.query("select no, last_xid, last_id, hash from ledger_head()")
      .decode(LedgerHead.self).first
  }

  /// Those of the seals with these numbers that there are, in the order of their numbers.
  package func seals(_ numbers: [Int64]) async throws(PostgresError) -> [LedgerHead] {
    try await client.query(
      """
      select no, last_xid, last_id, hash from ledger_seals where no = any (\(numbers)) order by no
      """
    ).decode(LedgerHead.self)
  }

  /// All signatures that name a key for the newest seals for which there are any, at most `seals`
  /// of them, the newest seal first. Anyone may have stored them: one seal can have several.
  package func signatures(
    of keyID: String, seals: Int64
  ) async throws(PostgresError) -> [StoredSignature] {
    try await client.query(
      """
      select s.seal_no, s.signature, l.last_xid, l.last_id, l.hash
      from ledger_seal_signatures as s
      left join ledger_seals as l on l.no = s.seal_no
      where s.key_id = \(keyID) and s.seal_no in (
        select distinct d.seal_no
        from ledger_seal_signatures as d
        where d.key_id = \(keyID)
        order by d.seal_no desc
        limit \(seals))
      order by s.seal_no desc, s.signed_at
      """
    ).decode(StoredSignature.self)
  }

  /// Stores a signature of a seal; false where it is stored already.
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
