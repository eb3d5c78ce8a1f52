package import Core
import FoundationEssentials
package import Postgres

/// What a player shows, and how the game is set up for them.
package struct Profile: Hashable, Sendable {
  /// The account.
  package var id: ID<Player>
  /// Unique public name.
  package var username: String
  /// Name at the table.
  package var displayName: String
  /// Name of a picture that the clients carry.
  package var avatar: String
  /// Language, as `id` or `en-GB`.
  package var locale: String
  /// guest, registered or bot.
  package var accountType: String
  /// player, or the role of a member of staff.
  package var role: String
  /// VIP level.
  package var vipLevel: Int16
  /// Experience gathered.
  package var experience: Int64
  /// Hands played to their end.
  package var handsPlayed: Int64
  /// Hands with a net win.
  package var handsWon: Int64
  /// When the account was made.
  package var created: Timestamp

  /// Whether it is a guest's.
  package var isGuest: Bool { accountType == "guest" }
}

extension Profile: RowDecodable {
  /// Reads the columns of `Profiles.profile`.
  package init(row: Row) throws(PostgresError) {
    let (id, username, displayName, avatar, locale, accountType, role) = (
      try row.decode(UUID.self, column: 0), try row.decode(String.self, column: 1),
      try row.decode(String.self, column: 2), try row.decode(String.self, column: 3),
      try row.decode(String.self, column: 4), try row.decode(String.self, column: 5),
      try row.decode(String.self, column: 6)
    )
    self.init(
      id: ID(id), username: username, displayName: displayName, avatar: avatar, locale: locale,
      accountType: accountType, role: role, vipLevel: try row.decode(column: 7),
      experience: try row.decode(column: 8), handsPlayed: try row.decode(column: 9),
      handsWon: try row.decode(column: 10), created: try row.decode(column: 11))
  }
}

/// Players' profiles.
package struct Profiles<Client: PostgresClient>: Sendable {
  let client: Client

  /// The profiles behind a connection, a transaction or a pool.
  package init(_ client: Client) {
    self.client = client
  }

  /// A player's profile; nil: no such account.
  package func profile(of player: ID<Player>) async throws(PostgresError) -> Profile? {
    try await client.query(
      """
      select
        u.id, u.username, p.display_name, p.avatar, p.locale, u.account_type, u.role,
        coalesce(v.level, 0::smallint), p.experience, s.hands_played, s.hands_won, u.created_at
      from users as u
      join user_profiles as p on p.user_id = u.id
      left join user_vip_status as v on v.user_id = u.id
      cross join lateral (
        select coalesce(sum(x.hands_played), 0)::bigint as hands_played,
          coalesce(sum(x.hands_won), 0)::bigint as hands_won
        from game_statistics as x
        where x.user_id = u.id
      ) as s
      where u.id = \(player.uuid)
      """
    ).oneOrNone().map { row throws(PostgresError) in try row.decode(Profile.self) }
  }

  /// Changes what is not nil; false: no such account.
  package func change(
    _ player: ID<Player>, displayName: String?, avatar: String?, locale: String?
  ) async throws(PostgresError) -> Bool {
    try await client.execute(
      """
      update user_profiles
      set display_name = coalesce(\(displayName), display_name),
        avatar = coalesce(\(avatar), avatar), locale = coalesce(\(locale), locale),
        updated_at = now()
      where user_id = \(player.uuid)
      """) == 1
  }
}

extension Profile {
  /// The level that the experience is worth: 1 at first; level n takes 50·n·(n - 1).
  package var level: Int {
    var level = 1
    while level < 100, experience >= Int64(50 * level * (level + 1)) { level += 1 }
    return level
  }
}
