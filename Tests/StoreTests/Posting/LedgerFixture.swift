import Core
import FoundationEssentials
import Postgres
import Store
import TestSupport

/// Wallets to post between, made as the owner makes them.
enum LedgerFixture {
  /// The moment by the database's clock, in milliseconds since 1970.
  static func now(_ client: some PostgresClient) async throws -> UInt64 {
    let row = try await client.query(
      "select (extract(epoch from now()) * 1000)::bigint"
    ).one()
    return UInt64(try row.decode(Int64.self, column: 0))
  }

  /// Makes players with an empty wallet each.
  static func players(
    _ count: Int, _ currency: Currency = .coins, _ client: some PostgresClient
  ) async throws -> [SerialID<Wallet>] {
    try await client.query(
      """
      with player as (
        insert into users (username)
        select 'p' || substr(md5(random()::text), 1, 20) from generate_series(1, \(Int32(count)))
        returning id
      )
      insert into user_wallets (kind, user_id, currency, balance)
      select 'player', p.id, \(currency.rawValue), 0 from player as p
      returning id
      """
    ).decode(column: 0, as: Int64.self).map(SerialID.init(rawValue:))
  }

  /// Gives chips to wallets, as many postings as a call takes at a time.
  static func grant(
    _ amount: Chips, to wallets: [SerialID<Wallet>], _ currency: Currency = .coins,
    _ client: some PostgresClient
  ) async throws {
    let ledger = Ledger(client)
    let issue = try await ledger.systemWallet("issue", currency)
    let moment = try await now(client)
    for first in stride(from: 0, to: wallets.count, by: Ledger<PostgresConnection>.postingsMax) {
      let some = wallets[first..<min(first + 1000, wallets.count)]
      let results = try await ledger.post(
        some.map { wallet in
          Posting(
            id: randomID(at: moment), kind: .grant, debit: issue, credit: wallet,
            currency: currency, amount: amount)
        })
      precondition(results.allSatisfy { $0.outcome == .ok }, "a grant was refused")
    }
  }

  /// A new identifier for a moment.
  static func randomID<Subject>(at milliseconds: UInt64) -> ID<Subject> {
    ID(millisecondsSince1970: milliseconds, random: UInt128.random(in: 0 ... .max))
  }
}
