import Core
import FoundationEssentials
import Postgres
import Store
import TestSupport
import Testing

@Suite("Killing PostgreSQL", .serialized, .slow)
struct KillTests {
  static let kills = 10
  static let posters = 24
  static let tables = 12

  @Test(
    "by SIGKILL ten times loses nothing that was acknowledged, and does nothing twice",
    .timeLimit(.minutes(10)))
  func killed() async throws {
    let seed = UInt64.random(in: 0 ... .max)
    // Flushed to disk, as in production.
    try await PrivateServer.with(settings: ["fsync": "on"]) { server in
      var configuration = try await MigratedDatabase.make(on: server)
      // Broken connections are what this test is about; nobody needs to read of each.
      configuration.logger.logLevel = .critical
      var limits = PoolConfiguration()
      limits.maximumConnections = Self.posters + Self.tables
      limits.backoff.maximumMilliseconds = 200
      let pool = PostgresPool(configuration, limits)
      let known = Acknowledged()
      try await withThrowingTaskGroup(of: Void.self) { group in
        let wallets = try await Self.wallets(pool)
        for poster in 0..<Self.posters {
          group.addTask {
            try await Self.post(wallets, pool, known, SeededGenerator(seed: seed &+ UInt64(poster)))
          }
        }
        for _ in 0..<Self.tables {
          let table = try await untilAnswered { () throws(PostgresError) in
            try await Self.table(pool)
          }
          group.addTask { try await Self.play(table, pool, known) }
        }
        var random = SeededGenerator(seed: seed)
        for _ in 0..<Self.kills {
          await known.more(Int.random(in: 20...300, using: &random))
          try await server.killHard()
          try await server.start()
        }
        await known.stop()
        try await group.waitForAll()
      }
      try await Self.expectAllThere(pool, known, seed: seed)
      await pool.shutdown()
    }
  }

  // Loads ----------------------------------------------------------------------------------------

  private static func wallets(_ pool: PostgresPool) async throws -> [SerialID<Wallet>] {
    let wallets = try await LedgerFixture.players(50, .coins, pool)
    try await LedgerFixture.grant(20_000, to: wallets, .coins, pool)
    return wallets
  }

  private static func table(_ pool: PostgresPool) async throws(PostgresError) -> TableFixture {
    do {
      return try await TableFixture.make(pool)
    } catch let error as PostgresError {
      throw error
    } catch {
      throw .wrongUse("\(error)")
    }
  }

  private static func post(
    _ wallets: [SerialID<Wallet>], _ pool: PostgresPool, _ known: Acknowledged,
    _ generator: SeededGenerator
  ) async throws {
    var random = generator
    let now = try await untilNow(pool)
    while await !known.isStopped {
      let postings = (0..<Int.random(in: 1...20, using: &random)).map { _ in
        let debit = wallets.randomElement(using: &random)!
        let credit = wallets.filter { $0 != debit }.randomElement(using: &random)!
        return Posting(
          id: LedgerFixture.randomID(at: now), kind: .transfer, debit: debit, credit: credit,
          currency: .coins, amount: Chips(rawValue: .random(in: 1...2000, using: &random)))
      }
      let results = try await untilAnswered { () throws(PostgresError) in
        try await Ledger(pool).post(postings)
      }
      await known.add(
        zip(postings, results).filter { [.ok, .exists].contains($1.outcome) }.map(\.0))
    }
  }

  private static func untilNow(_ pool: PostgresPool) async throws -> UInt64 {
    let rows = try await untilAnswered { () throws(PostgresError) in
      try await pool.query("select (extract(epoch from now()) * 1000)::bigint")
    }
    return UInt64(try rows.one().decode(Int64.self, column: 0))
  }

  private static func play(
    _ table: TableFixture, _ pool: PostgresPool, _ known: Acknowledged
  ) async throws {
    while await !known.isStopped {
      let hand: ID<Hand> = LedgerFixture.randomID(at: try await untilNow(pool))
      let start = try await untilAnswered { () throws(PostgresError) in
        try await Hands(pool).start(table.start(hand)).outcome
      }
      #expect([.ok, .exists].contains(start))
      var number: Int32 = 1
      for _ in 0..<12 {
        let append = table.append(hand, from: number, count: .random(in: 1...3))
        let outcome = try await untilAnswered { () throws(PostgresError) in
          try await Journal(pool).append([append])[0]
        }
        #expect([.ok, .exists].contains(outcome))
        await known.add(append.moves, of: hand)
        number += Int32(append.moves.count)
      }
      let settled = try await untilAnswered { () throws(PostgresError) in
        try await Hands(pool).settle(table.settlement(hand, each: 1))
      }
      #expect([.ok, .exists].contains(settled))
      await known.add(settled: hand)
    }
  }

  // What is there afterwards ---------------------------------------------------------------------

  private static func expectAllThere(
    _ pool: PostgresPool, _ known: Acknowledged, seed: UInt64
  ) async throws {
    for check in try await Ledger(pool).verify() + Journal(pool).verify() {
      #expect(check.isOK, "seed \(seed), \(check.name): \(check.problem ?? "")")
    }
    let postings = await known.postings
    let rows = try await pool.query(
      """
      select id, debit_wallet_id, credit_wallet_id, amount from transactions
      where kind = 'transfer'
      """
    ).decode((UUID, Int64, Int64, Int64).self)
    // Every poster stopped only after its last answer, so that both sides are the same.
    #expect(rows.count == postings.count, "seed \(seed)")
    for (id, debit, credit, amount) in rows {
      let posting = postings[ID(id)]
      #expect(
        posting?.debit.rawValue == debit && posting?.credit.rawValue == credit
          && posting?.amount.rawValue == amount, "seed \(seed), \(id)")
    }
    for (hand, moves) in await known.moves {
      #expect(try await Journal(pool).moves(of: hand) == moves, "seed \(seed), hand \(hand)")
    }
    let settled = try await pool.query("select count(*) from game_hands where status = 'settled'")
      .one().decode(Int64.self, column: 0)
    #expect(settled == Int64(await known.settled.count), "seed \(seed)")
  }
}
