import LedgerSigning
import Postgres
import Store
import TestSupport

/// A migrated database with players and payments, and a key to sign its ledger with.
struct SealedLedger {
  static let players = 6

  let configuration: PostgresConfiguration
  let owner: PostgresConnection
  let folder: TemporaryFolder
  let key: SigningKey
  let keyPath: String

  var ledger: Ledger<PostgresConnection> { Ledger(owner) }
  var publicKey: String { key.verificationKey.hexadecimal }

  /// Makes it with so many sealed blocks.
  nonisolated(nonsending)
    static func with(
      blocks: Int = 3, _ body: (SealedLedger) async throws -> Void
    ) async throws
  {
    try await withDatabase(template: .migrated) { database in
      try await with(blocks: blocks, in: database.configuration, body)
    }
  }

  /// The same in a migrated database.
  nonisolated(nonsending)
    static func with(
      blocks: Int, in configuration: PostgresConfiguration,
      _ body: (SealedLedger) async throws -> Void
    ) async throws
  {
    try await PostgresConnection.withConnection(configuration) { owner in
      let folder = try TemporaryFolder()
      let key = SigningKey.random()
      let ledger = SealedLedger(
        configuration: configuration, owner: owner, folder: folder, key: key,
        keyPath: try folder.write("key.pem", key.pem))
      try await owner.execute(
        "select create_player('player_' || n) from generate_series(1, \(Int32(players))) as n")
      for _ in 0..<blocks {
        try await ledger.post()
        try await ledger.seal()
      }
      try await body(ledger)
    }
  }

  /// Grants each player some chips, and lets each pay the next.
  func post() async throws {
    let refused = try await owner.query(
      """
      with wallet as (
        select id, row_number() over (order by id) as n from user_wallets
        where kind = 'player' and currency = 'COINS'
      ),
      item as (
        select new_id() as id, 'grant' as kind, wallet_of('issue', 'COINS') as debit,
          id as credit, 1000::bigint as amount, 0 as part, n
        from wallet
        union all
        select new_id(), 'transfer', w.id, o.id, 10 + w.n, 1, w.n
        from wallet as w join wallet as o on o.n = w.n % 6 + 1
      )
      select count(*) from (
        select array_agg(i.id order by i.part, i.n) as ids,
          array_agg(i.kind order by i.part, i.n) as kinds,
          array_agg(i.debit order by i.part, i.n) as debits,
          array_agg(i.credit order by i.part, i.n) as credits,
          array_agg('COINS'::text) as currencies,
          array_agg(i.amount order by i.part, i.n) as amounts
        from item as i
      ) as a
      cross join lateral post_transactions(
        a.ids, a.kinds, a.debits, a.credits, a.currencies, a.amounts) as p
      where p.outcome <> 'ok'
      """
    ).one().decode(Int64.self)
    precondition(refused == 0, "the test's own payments were refused")
  }

  /// Waits until all that was posted is final, which other tests on the server may hold back, then
  /// rolls it up and seals it.
  func seal() async throws {
    let isFinal: SQL = "select ledger_horizon() > max(posted_xid) from transactions"
    while try await !owner.query(isFinal).one().decode(Bool.self) {}
    try await ledger.rollUp()
    let blocks = try await ledger.seal()
    precondition(blocks == 1, "\(blocks) blocks were sealed")
  }

  /// Signs the newest seal, as `higgs ledger sign` does.
  func sign() async throws -> SignedHead {
    let signed = try key.sign(try await ledger.head()!)
    _ = try await ledger.sign(
      seal: signed.head.number, keyID: signed.keyID, signature: signed.signature)
    return signed
  }

  /// Runs `higgs ledger` on the database.
  func higgs(_ arguments: String..., role: String? = nil) async throws -> ProgramResult {
    try await higgs(arguments: arguments, role: role)
  }

  /// The same, with the arguments in a row.
  func higgs(arguments: [String], role: String? = nil) async throws -> ProgramResult {
    let database = role.map { configuration.with(role: $0) } ?? configuration
    return try await Program.run(
      Program.higgs, ["ledger"] + arguments,
      environment: ["DATABASE_URL": database.connectionString])
  }

  /// The names of the checks of verify_ledger() that fail.
  func complaints(head: [UInt8]? = nil) async throws -> [String] {
    try await ledger.verify(head: head).filter { !$0.isOK }.map(\.name)
  }
}
