package import Core
import FoundationEssentials
package import Postgres

/// The database's ledger. Every call is one transaction of its own, or part of the caller's.
package struct Ledger<Client: PostgresClient>: Sendable {
  /// Most postings of one call: the database's `items_max`.
  package static var postingsMax: Int { 1000 }

  let client: Client

  /// The ledger behind a connection, a transaction or a pool.
  package init(_ client: Client) {
    self.client = client
  }

  /// Posts payments; one result each, in order. A refused one sinks only its group.
  ///
  /// After a lost connection send the identical postings again: what was posted answers `exists`.
  package func post(
    _ postings: [Posting]
  ) async throws(PostgresError) -> [PostingResult] {
    guard !postings.isEmpty else { return [] }
    let rows = try await client.query(Self.statement(for: postings))
    return try rows.decode(PostingResult.self)
  }

  /// Locks the wallets of a transaction that posts more than once, in their order and before its
  /// first payment, so that two such transactions cannot wait for each other; at most 2000.
  package func lock(_ wallets: [SerialID<Wallet>]) async throws(PostgresError) {
    _ = try await client.query("select lock_wallets(\(wallets.map(\.rawValue)))").one()
  }

  /// Balance of any wallet, of a system wallet too (which may be negative); nil: no such wallet.
  package func balance(of wallet: SerialID<Wallet>) async throws(PostgresError) -> Chips? {
    let row = try await client.query(
      "select wallet_balance(\(wallet.rawValue))::bigint"
    ).one()
    return try row.decode(Int64?.self, column: 0).map(Chips.init(rawValue:))
  }

  /// The wallet of the house that has a code, such as "issue" or "rake".
  package func systemWallet(
    _ code: String, _ currency: Currency
  ) async throws(PostgresError) -> SerialID<Wallet> {
    let row = try await client.query(
      """
      select id from user_wallets
      where kind in ('pool', 'system') and code = \(code) and currency = \(currency.rawValue)
      """
    ).one()
    return SerialID(rawValue: try row.decode(Int64.self, column: 0))
  }

  private static func statement(for postings: [Posting]) -> SQL {
    """
    select outcome, debit_balance_after, credit_balance_after
    from post_transactions(
      \(postings.map(\.id.uuid)), \(postings.map(\.kind.rawValue)),
      \(postings.map(\.debit.rawValue)), \(postings.map(\.credit.rawValue)),
      \(postings.map(\.currency.rawValue)), \(postings.map(\.amount.rawValue)),
      \(optional(postings) { $0.group?.id.uuid }), \(optional(postings) { $0.group?.size }),
      \(optional(postings) { $0.reverses?.uuid }), \(optional(postings) { $0.reference?.type }),
      \(optional(postings) { $0.reference?.id }), \(optional(postings) { $0.actor?.uuid }))
    """
  }

  /// An optional array of the call: null where no posting has the part.
  private static func optional<Value>(
    _ postings: [Posting], _ part: (Posting) -> Value?
  ) -> [Value?]? {
    let values = postings.map(part)
    return values.contains { $0 != nil } ? values : nil
  }
}

extension PostingResult: RowDecodable {
  /// Reads outcome and both balances.
  package init(row: Row) throws(PostgresError) {
    let (outcome, debit, credit) = try row.decode((Outcome, Int64?, Int64?).self)
    self.init(
      outcome: outcome, debitBalance: debit.map(Chips.init(rawValue:)),
      creditBalance: credit.map(Chips.init(rawValue:)))
  }
}
