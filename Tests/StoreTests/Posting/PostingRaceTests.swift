import Core
import Postgres
import Store
import TestSupport
import Testing

@Suite("Posting from many connections", .timeLimit(.minutes(5)))
struct PostingRaceTests {
  @Test("one id from a hundred connections is one row and 99 times exists")
  func oneID() async throws {
    try await withDatabase(template: .migrated) { database in
      let owner = try await database.connect()
      let players = try await LedgerFixture.players(2, .coins, owner)
      try await LedgerFixture.grant(500, to: players, .coins, owner)
      let posting = Posting(
        id: LedgerFixture.randomID(at: try await LedgerFixture.now(owner)), kind: .gift,
        debit: players[0], credit: players[1], currency: .coins, amount: 500)
      let outcomes = try await withThrowingTaskGroup(of: PostingResult.self) { group in
        for _ in 0..<100 {
          group.addTask {
            let connection = try await database.connect()
            let result = try await Ledger(connection).post([posting])[0]
            await connection.close()
            return result
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(outcomes.count { $0.outcome == .ok } == 1)
      #expect(outcomes.count { $0.outcome == .exists } == 99)
      #expect(outcomes.allSatisfy { $0.debitBalance == 0 && $0.creditBalance == 1000 })
      let rows = try await owner.query(
        "select count(*) from transactions where id = \(posting.id.uuid)"
      ).one().decode(Int64.self, column: 0)
      #expect(rows == 1)
      await owner.close()
    }
  }

  @Test("ten thousand overlapping batches in opposite orders never deadlock", .slow)
  func noDeadlock() async throws {
    let lanes = 8
    let batchesEach = 1250
    try await withDatabase(template: .migrated) { database in
      let owner = try await database.connect()
      let players = try await LedgerFixture.players(12, .coins, owner)
      try await LedgerFixture.grant(1_000_000, to: players, .coins, owner)
      let now = try await LedgerFixture.now(owner)
      // Ids are shared between lanes, so that batches also meet on the rows that they insert.
      let shared: [ID<Transaction>] = (0..<4000).map { _ in LedgerFixture.randomID(at: now) }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for lane in 0..<lanes {
          group.addTask {
            let connection = try await database.connect()
            var random = SeededGenerator(seed: UInt64(lane))
            for number in 0..<batchesEach {
              let batch = Self.batch(
                players, shared, lane: lane, number: number, now: now, &random)
              _ = try await Ledger(connection).post(batch)
            }
            await connection.close()
          }
        }
        try await group.waitForAll()
      }
      for check in try await Ledger(owner).verify() {
        #expect(check.isOK, "\(check.name): \(check.problem ?? "")")
      }
      let deadlocks = try await owner.query(
        "select deadlocks from pg_stat_database where datname = current_database()"
      ).one().decode(Int64.self, column: 0)
      #expect(deadlocks == 0)
      await owner.close()
    }
  }

  @Test("transactions that post twice, in opposite orders, never deadlock once they lock first")
  func noDeadlockAcrossCalls() async throws {
    let lanes = 4
    let transactionsEach = 250
    try await withDatabase(template: .migrated) { database in
      let owner = try await database.connect()
      let players = try await LedgerFixture.players(2, .coins, owner)
      let other = try await LedgerFixture.players(2, .coins, owner)
      try await LedgerFixture.grant(1_000_000, to: players + other, .coins, owner)
      let now = try await LedgerFixture.now(owner)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for lane in 0..<lanes {
          group.addTask {
            let connection = try await database.connect()
            let calls = lane % 2 == 0 ? [players, other] : [other, players]
            for _ in 0..<transactionsEach {
              try await connection.withTransaction { transaction in
                try await Ledger(transaction).lock(players + other)
                for pair in calls {
                  let posted = try await Ledger(transaction).post([
                    Posting(
                      id: LedgerFixture.randomID(at: now), kind: .transfer, debit: pair[lane % 2],
                      credit: pair[1 - lane % 2], currency: .coins, amount: 1)
                  ])
                  #expect(posted.map(\.outcome) == [.ok])
                }
              }
            }
            await connection.close()
          }
        }
        try await group.waitForAll()
      }
      let deadlocks = try await owner.query(
        "select deadlocks from pg_stat_database where datname = current_database()"
      ).one().decode(Int64.self, column: 0)
      #expect(deadlocks == 0)
      await owner.close()
    }
  }

  /// Ten postings between all players; odd lanes have them the other way round.
  private static func batch(
    _ players: [SerialID<Wallet>], _ shared: [ID<Transaction>], lane: Int, number: Int,
    now: UInt64, _ random: inout SeededGenerator
  ) -> [Posting] {
    var batch = (0..<10).map { step in
      let debit = (number + step) % players.count
      let isShared = step % 3 == 0
      let index = (number * 10 + step) % shared.count
      return Posting(
        id: isShared
          ? shared[index]
          : ID(
            millisecondsSince1970: now,
            random: UInt128(random.next()) << 64 | UInt128(random.next())),
        kind: .transfer, debit: players[debit], credit: players[(debit + 5) % players.count],
        currency: .coins, amount: 1)
    }
    if lane % 2 == 1 { batch.reverse() }
    return batch
  }
}
