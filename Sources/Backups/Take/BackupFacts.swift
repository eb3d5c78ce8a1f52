import Core
import Foundation
import Postgres
import Store

/// What is known of a database at the moment of a snapshot.
package struct BackupFacts: Sendable, Hashable {
  /// Whose rows are counted: what must not be lost.
  static let countedTables = [
    "users", "user_wallets", "transactions", "game_sessions", "game_hands", "game_moves",
    "ledger_seals", "audit_logs",
  ]

  var database: String
  var takenAt: String
  var serverMajor: Int
  var schemaVersion: Int32
  var ledgerHead: BackupManifest.Head?
  var rows: [String: Int64]

  /// Reads them in the transaction of the caller, from tables only: a role that may read everything
  /// need not be able to call functions.
  init(_ client: some PostgresClient, options: QueryOptions = .default) async throws {
    let row = try await client.query(
      """
      select current_database()::text,
        to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        current_setting('server_version_num')::int / 10000
      """
    ).one().decode((String, String, Int32).self)
    (database, takenAt, serverMajor) = (row.0, row.1, Int(row.2))
    schemaVersion = try await client.query(
      "select coalesce(max(version), 0) from public.schema_migrations"
    ).one().decode(column: 0)
    ledgerHead = try await client.query(
      """
      select no, last_xid, last_id, hash from public.ledger_seals order by no desc limit 1
      """
    ).decode(LedgerHead.self).first.map(BackupManifest.Head.init)
    rows = [:]
    for table in Self.countedTables {
      rows[table] = try await client.query(
        "select count(*) from public.\(identifier: table)", options
      ).one().decode(column: 0)
    }
  }
}

extension BackupManifest.Head {
  init(_ head: LedgerHead) {
    self.init(
      number: head.number, lastPosition: head.lastPosition, lastID: head.lastID.description,
      hash: Hexadecimal.text(head.hash))
  }
}
