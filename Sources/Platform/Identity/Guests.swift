package import Core
import FoundationEssentials
import Postgres
import Store

/// A guest who has just come into being.
package struct NewGuest: Sendable {
  /// The secret by which the guest signs in again; shown once.
  package var secret: String
  /// The first sign-in.
  package var grant: Grant
}

extension Identity {
  /// What a new guest begins with.
  package static let startingChips: Chips = 50_000
  /// How many names are tried before we give up.
  private static let nameAttemptsMax = 5

  /// Makes a guest with starting chips and signs it in: all of it or nothing.
  package func createGuest(
    displayName: String?, locale: String?, from origin: SignInOrigin
  ) async throws -> NewGuest {
    let locale = try ProfileRules.locale(locale) ?? ProfileRules.defaultLocale
    let displayName = try ProfileRules.displayName(displayName)
    for _ in 1..<Self.nameAttemptsMax {
      do {
        return try await attempt(displayName, locale, origin)
      } catch let error as PostgresError where error.sqlState == .uniqueViolation {
        continue
      }
    }
    return try await attempt(displayName, locale, origin)
  }

  private func attempt(
    _ displayName: String?, _ locale: String, _ origin: SignInOrigin
  ) async throws -> NewGuest {
    let id = clock.newID(of: Player.self)
    let number = String(Int.random(in: 1_000_000_000...9_999_999_999))
    let secret = Secret(.guest)
    let name = displayName ?? ProfileRules.guestName(number: number.suffix(4), locale: locale)
    let grant = try await pool.withTransaction { transaction in
      try await Accounts(transaction).createGuest(
        id, username: "guest_\(number)", displayName: name, locale: locale,
        secretHash: secret.hash)
      try await giveStartingChips(to: id, in: transaction)
      return try await begin(id, role: "player", from: origin, in: transaction)
    }
    return NewGuest(secret: secret.text, grant: grant)
  }

  private func giveStartingChips(
    to player: ID<Player>, in transaction: PostgresTransaction
  ) async throws {
    let ledger = Ledger(transaction)
    guard let wallet = try await Accounts(transaction).wallet(of: player, .coins) else {
      throw PlatformError.notFound(.wallet)
    }
    let issue = try await ledger.systemWallet("issue", .coins)
    let results = try await ledger.post([
      Posting(
        id: clock.newID(of: Transaction.self), kind: .grant, debit: issue, credit: wallet,
        currency: .coins, amount: Self.startingChips,
        reference: Posting.Reference(type: "guest", id: player.description), actor: player)
    ])
    guard results.first?.outcome == .ok else {
      throw PostgresError.wrongUse("the starting chips were refused: \(results)")
    }
  }
}
