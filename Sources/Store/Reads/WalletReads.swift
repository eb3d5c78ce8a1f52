package import Core
import FoundationEssentials
package import Postgres

/// A player's wallet with what lies on tables.
package struct WalletView: Hashable, Sendable {
  /// Number of the wallet.
  package var id: SerialID<Wallet>
  /// COINS, GEMS or TOKENS.
  package var currency: String
  /// Whole units.
  package var balance: Int64
  /// Chips in the seats that the player sits in.
  package var onTables: Int64
  /// Whether it is frozen.
  package var isFrozen: Bool
}

/// One payment of a wallet's history.
package struct WalletEntry: Hashable, Sendable {
  /// The transaction.
  package var id: ID<Transaction>
  /// What it is for.
  package var kind: String
  /// Positive where it was received.
  package var amount: Int64
  /// What the wallet held afterwards.
  package var balanceAfter: Int64?
  /// What it belongs to: hand, session, …
  package var referenceType: String?
  /// Identifier of that.
  package var referenceID: String?
  /// When it was posted.
  package var posted: Timestamp
}

/// Players' wallets and their history.
package struct WalletReads<Client: PostgresClient>: Sendable {
  let client: Client

  /// The wallets behind a connection or a pool.
  package init(_ client: Client) {
    self.client = client
  }

  /// A player's wallets.
  package func wallets(of player: ID<Player>) async throws(PostgresError) -> [WalletView] {
    try await client.query(
      """
      select w.id, w.currency, w.balance, t.chips, w.frozen_at is not null
      from user_wallets as w
      cross join lateral (
        select coalesce(sum(c.balance), 0)::bigint as chips
        from game_sessions as s
        join user_wallets as c on c.id = s.seat_wallet_id
        where s.user_id = w.user_id and s.stood_up_at is null and c.currency = w.currency
      ) as t
      where w.user_id = \(player.uuid)
      order by w.id
      """
    ).decode((Int64, String, Int64, Int64, Bool).self).map {
      WalletView(
        id: SerialID(rawValue: $0), currency: $1, balance: $2, onTables: $3, isFrozen: $4)
    }
  }

  /// A page of a wallet's payments, the newest first; at most 200.
  package func history(
    of wallet: SerialID<Wallet>, before: ID<Transaction>?, limit: Int32
  ) async throws(PostgresError) -> [WalletEntry] {
    try await client.query(
      """
      select id, kind, signed_amount, balance_after, reference_type, reference_id, posted_at
      from get_wallet_history(\(wallet.rawValue), \(before?.uuid), \(limit))
      """
    ).decode((UUID, String, Int64, Int64?, String?, String?, Timestamp).self).map {
      WalletEntry(
        id: ID($0), kind: $1, amount: $2, balanceAfter: $3, referenceType: $4,
        referenceID: $5, posted: $6)
    }
  }
}
