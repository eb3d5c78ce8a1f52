package import Core
package import Postgres
package import Store

/// What players know and change of themselves.
package struct Players: Sendable {
  let pool: PostgresPool

  /// The players behind a pool.
  package init(pool: PostgresPool) {
    self.pool = pool
  }

  /// A player's profile.
  package func profile(of player: ID<Player>) async throws -> Profile {
    guard let profile = try await Profiles(pool).profile(of: player) else {
      throw PlatformError.notFound(.player)
    }
    return profile
  }

  /// Changes what is not nil, and gives the profile as it is then.
  package func change(
    _ player: ID<Player>, displayName: String?, avatar: String?, locale: String?
  ) async throws -> Profile {
    let displayName = try ProfileRules.displayName(displayName)
    let avatar = try ProfileRules.avatar(avatar)
    let locale = try ProfileRules.locale(locale)
    guard
      try await Profiles(pool).change(
        player, displayName: displayName, avatar: avatar, locale: locale)
    else { throw PlatformError.notFound(.player) }
    return try await profile(of: player)
  }

  /// A player's wallets.
  package func wallets(of player: ID<Player>) async throws -> [WalletView] {
    try await WalletReads(pool).wallets(of: player)
  }

  /// A page of the payments of a wallet of the player's.
  package func payments(
    of player: ID<Player>, currency: String, before: ID<Transaction>?, limit: Int
  ) async throws -> [WalletEntry] {
    guard let currency = Currency(rawValue: currency),
      let wallet = try await Accounts(pool).wallet(of: player, currency)
    else { throw PlatformError.notFound(.wallet) }
    return try await WalletReads(pool).history(
      of: wallet, before: before, limit: Int32(limit))
  }

  /// A page of the hands that the player has played.
  package func hands(
    of player: ID<Player>, before: ID<Hand>?, limit: Int
  ) async throws -> [PlayedHand] {
    try await HandReads(pool).played(by: player, before: before, limit: Int32(limit))
  }
}
