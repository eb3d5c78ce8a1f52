import Core
import Postgres
import Store
import TestSupport
import Testing

@Suite("Posting")
struct PostingPropertyTests {
  static let batches = 3000

  @Test(
    "answers random batches as a plain item-by-item ledger does",
    .timeLimit(.minutes(5)), arguments: [20_261_123, UInt64.random(in: 0 ... .max)] as [UInt64])
  func equalsModel(seed: UInt64) async throws {
    try await withDatabase(template: .migrated) { database in
      let client = try await database.connect()
      let ledger = Ledger(client)
      var model = try await Self.model(client)
      var generator = BatchGenerator(
        seed: seed, places: model.wallets.keys.sorted() + [SerialID(rawValue: 999_999)],
        wallets: model.wallets, now: try await LedgerFixture.now(client))
      var seen: Set<PostingResult.Outcome> = []
      for number in 0..<Self.batches {
        let batch = generator.batch()
        let expected = model.post(batch)
        let actual = try await ledger.post(batch)
        seen.formUnion(actual.map(\.outcome))
        try #require(actual == expected, "seed \(seed), batch \(number): \(batch)")
      }
      try await Self.expectSameLedger(client, model)
      #expect(
        Set(PostingResult.Outcome.allCases).subtracting(seen) == [.limitExceeded],
        "seed \(seed): outcomes that the batches never met")
      await client.close()
    }
  }

  /// Nine players of two currencies, two of them frozen, a table's seats, and the house with a
  /// frozen pool beside the others.
  private static func model(_ client: PostgresConnection) async throws -> LedgerModel {
    let coins = try await LedgerFixture.players(7, .coins, client)
    let gems = try await LedgerFixture.players(2, .gems, client)
    try await LedgerFixture.grant(9000, to: coins, .coins, client)
    _ = try await Rooms(client).open(tier: "gaple_warung")
    // One wallet so full that a receipt can overflow it.
    for _ in 0..<9 { try await LedgerFixture.grant(.amountMax, to: [coins[6]], .coins, client) }
    try await client.execute(
      "insert into user_wallets (kind, code, currency, balance) values ('pool', 'ice', 'COINS', 0)")
    let pools = [
      try await Ledger(client).systemWallet("ice", .coins),
      try await Ledger(client).systemWallet("bonus", .coins),
    ]
    try await LedgerFixture.grant(9000, to: pools, .coins, client)
    try await client.execute(
      """
      update user_wallets set frozen_at = now(), frozen_reason = 'test'
      where id = any (\([coins[5].rawValue, gems[1].rawValue, pools[0].rawValue]))
      """)
    var places: [SerialID<Wallet>: LedgerModel.Wallet] = [:]
    let rows = try await client.query(
      """
      select id, case when kind = 'system' then code else kind end, currency, balance,
        frozen_at is not null
      from user_wallets
      """
    ).decode((Int64, String, String, Int64?, Bool).self)
    for (id, role, currency, balance, isFrozen) in rows {
      places[SerialID(rawValue: id)] = LedgerModel.Wallet(
        role: LedgerModel.Role(rawValue: role)!, currency: Currency(rawValue: currency)!,
        balance: balance, isFrozen: isFrozen)
    }
    let now = try await LedgerFixture.now(client)
    let day: UInt64 = 86_400_000
    return LedgerModel(wallets: places, window: (now - 35 * day)..<(now + 300_000))
  }

  private static func expectSameLedger(
    _ client: PostgresConnection, _ model: LedgerModel
  ) async throws {
    let balances = try await client.query(
      "select id, balance from user_wallets where balance is not null"
    ).decode((Int64, Int64).self)
    for (id, balance) in balances {
      #expect(model.wallets[SerialID(rawValue: id)]?.balance == balance, "wallet \(id)")
    }
    let rows = try await client.query("select count(*) from transactions where kind <> 'grant'")
      .one().decode(Int64.self, column: 0)
    #expect(rows == model.stored.values.count { $0.posting.kind != .grant })
    for check in try await Ledger(client).verify() {
      #expect(check.isOK, "\(check.name): \(check.problem ?? "")")
    }
  }
}
