import Core
import Glibc
import Postgres
import Store

/// The wallets and connections that all measurements share.
struct Bench {
  /// Most connections of a load.
  static let lanesMax = 8
  static let playersCount = 10_000

  let owner: PostgresConnection
  let lanes: [PostgresConnection]
  let players: [SerialID<Wallet>]
  let issue: SerialID<Wallet>
  let seconds: Int
  let meter: Meter

  init(_ database: PostgresConfiguration, seconds: Int) async throws {
    self.seconds = seconds
    owner = try await PostgresConnection.connect(database)
    var lanes: [PostgresConnection] = []
    for _ in 0..<Self.lanesMax { lanes.append(try await PostgresConnection.connect(database)) }
    self.lanes = lanes
    meter = try await Meter(owner)
    issue = try await Ledger(owner).systemWallet("issue", .coins)
    players = try await Self.players(owner, issue: issue)
  }

  func close() async {
    for lane in lanes + [owner] { await lane.close() }
  }

  private static func players(
    _ owner: PostgresConnection, issue: SerialID<Wallet>
  ) async throws -> [SerialID<Wallet>] {
    let ids = try await owner.query(
      """
      with player as (
        insert into users (username)
        select 'bench' || g from generate_series(1, \(Int32(playersCount))) as g
        returning id
      )
      insert into user_wallets (kind, user_id, currency, balance)
      select 'player', p.id, 'COINS', 0 from player as p
      returning id
      """
    ).decode(column: 0, as: Int64.self).map(SerialID<Wallet>.init(rawValue:))
    let ledger = Ledger(owner)
    for first in stride(from: 0, to: ids.count, by: 1000) {
      let results = try await ledger.post(
        ids[first..<min(first + 1000, ids.count)].map { wallet in
          Posting(
            id: .now(), kind: .grant, debit: issue, credit: wallet, currency: .coins,
            amount: 1_000_000_000)
        })
      precondition(results.allSatisfy { $0.outcome == .ok }, "a grant was refused")
    }
    try await owner.execute("analyze")
    return ids
  }
}

extension ID {
  /// A new identifier for this moment by the machine's clock.
  static func now() -> ID {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let milliseconds = UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    return ID(millisecondsSince1970: milliseconds, random: UInt128.random(in: 0 ... .max))
  }
}
