package import Core
import FoundationEssentials
package import Postgres

/// An account as signing in sees it.
package struct Account: Hashable, Sendable {
  /// Whether it may be used.
  package enum Status: String, CaseIterable, Sendable {
    case active, suspended, banned, closed
  }

  /// The account.
  package var id: ID<Player>
  /// Whether it may be used; a suspension that has ended reads as active.
  package var status: Status
  /// player, or the role of a member of staff.
  package var role: String
}

extension Account.Status: TextCoded {}

extension Account: RowDecodable {
  /// Reads id, status and role.
  package init(row: Row) throws(PostgresError) {
    let (id, status, role) = try row.decode((UUID, Status, String).self)
    self.init(id: ID(id), status: status, role: role)
  }
}

/// Accounts: how they are made and found.
package struct Accounts<Client: PostgresClient>: Sendable {
  let client: Client

  /// The accounts behind a connection, a transaction or a pool.
  package init(_ client: Client) {
    self.client = client
  }

  /// Makes a guest with wallets and profile; for use in a transaction with what follows.
  package func createGuest(
    _ id: ID<Player>, username: String, displayName: String, locale: String, secretHash: [UInt8]
  ) async throws(PostgresError) {
    try await client.execute(
      """
      select create_player(
        username => \(username), display_name => \(displayName), account_type => 'guest',
        locale => \(locale), user_id => \(id.uuid))
      """)
    try await client.execute(
      """
      update users set guest_secret_hash = \(secretHash), updated_at = now()
      where id = \(id.uuid)
      """)
  }

  /// The wallet of a player in a currency; nil: no such account.
  package func wallet(
    of player: ID<Player>, _ currency: Currency
  ) async throws(PostgresError) -> SerialID<Wallet>? {
    try await client.query(
      """
      select id from user_wallets
      where user_id = \(player.uuid) and currency = \(currency.rawValue)
      """
    ).oneOrNone().map { row throws(PostgresError) in
      SerialID(rawValue: try row.decode(Int64.self, column: 0))
    }
  }

  /// The guest whose secret has this SHA-256.
  package func guest(secretHash: [UInt8]) async throws(PostgresError) -> Account? {
    try await client.query(
      """
      select \(Self.columns) from users as u where u.guest_secret_hash = \(secretHash)
      """
    ).oneOrNone().map { row throws(PostgresError) in try row.decode(Account.self) }
  }

  /// An account by its id.
  package func account(_ id: ID<Player>) async throws(PostgresError) -> Account? {
    try await client.query(
      "select \(Self.columns) from users as u where u.id = \(id.uuid)"
    ).oneOrNone().map { row throws(PostgresError) in try row.decode(Account.self) }
  }

  /// Notes a sign of life, to the minute.
  package func seen(_ id: ID<Player>) async throws(PostgresError) {
    try await client.execute(
      """
      update users set last_seen_at = date_trunc('minute', now())
      where id = \(id.uuid)
        and (last_seen_at is null or last_seen_at < date_trunc('minute', now()))
      """)
  }

  private static var columns: SQL {
    """
    u.id,
    case when u.status = 'suspended' and u.suspended_until <= now() then 'active'
      else u.status end,
    u.role
    """
  }
}
