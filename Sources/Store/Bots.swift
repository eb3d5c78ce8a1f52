package import Core
import FoundationEssentials
package import Postgres

/// The accounts of programs that play.
package struct Bots<Client: PostgresClient>: Sendable {
  /// The most idle bots that are read.
  package static var idleMax: Int32 { 10_000 }
  /// A bot whose chips run out gets so many times what it needs.
  package static var fundingTimes: Int { 20 }

  let client: Client

  /// The bots behind a connection, a transaction or a pool.
  package init(_ client: Client) {
    self.client = client
  }

  /// Bots that sit nowhere.
  package func idle() async throws(PostgresError) -> [ID<Player>] {
    try await client.query(
      """
      select u.id from users as u
      where u.account_type = 'bot' and u.status = 'active'
        and not exists (
          select from game_sessions as s where s.user_id = u.id and s.stood_up_at is null)
      order by u.id
      limit \(Self.idleMax)
      """
    ).decode(UUID.self).map { ID($0) }
  }

  /// Makes a bot of this name.
  package func make(named name: String) async throws(PostgresError) -> ID<Player> {
    let username = "bot_\(name.lowercased())_\(String(UInt32.random(in: 0 ... .max), radix: 36))"
    return ID(
      try await client.query(
        "select create_player(\(username), \(name), 'bot', 'ID')"
      ).one().decode(UUID.self))
  }

  /// Gives a bot chips of the house where it has fewer than it needs.
  package func fund(
    _ bot: ID<Player>, atLeast chips: Chips, _ currency: Currency
  ) async throws(PostgresError) {
    let (wallet, balance, issue, now) = try await client.query(
      """
      select w.id, w.balance, i.id, (extract(epoch from clock_timestamp()) * 1000)::bigint
      from user_wallets as w
      join user_wallets as i on i.code = 'issue' and i.currency = w.currency
      where w.user_id = \(bot.uuid) and w.currency = \(currency.rawValue)
      """
    ).one().decode((Int64, Int64, Int64, Int64).self)
    guard balance < chips.rawValue else { return }
    let grant = Posting(
      id: ID(
        millisecondsSince1970: UInt64(now), random: UInt128.random(in: 0 ... .max)),
      kind: .grant, debit: SerialID(rawValue: issue), credit: SerialID(rawValue: wallet),
      currency: currency, amount: Self.fundingTimes * chips - Chips(rawValue: balance),
      reference: Posting.Reference(type: "bot", id: bot.description))
    _ = try await Ledger(client).post([grant])
  }
}

/// What bots are called.
package enum BotNames {
  /// Common Indonesian first names.
  package static let all = [
    "Adi", "Agus", "Bayu", "Bima", "Cahya", "Citra", "Dewi", "Dimas", "Eka", "Endang", "Fajar",
    "Fitri", "Galih", "Gita", "Hadi", "Hana", "Indah", "Intan", "Joko", "Jati", "Kartika", "Kirana",
    "Laras", "Lestari", "Made", "Maya", "Nanda", "Ningsih", "Oka", "Putri", "Putu", "Rangga",
    "Ratna", "Sari", "Surya", "Tari", "Tirta", "Udin", "Utami", "Vina", "Wahyu", "Wulan", "Yanti",
    "Yoga", "Yudi", "Zahra",
  ]
}
