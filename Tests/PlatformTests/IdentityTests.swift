import Core
import Platform
import Postgres
import Store
import TestSupport
import Testing

/// What an identity needs, on a database of its own.
struct IdentityFixture {
  let pool: PostgresPool
  let identity: Identity

  static let keys: [String: [UInt8]] = ["1": Array(0..<32), "2": Array(32..<64)]

  nonisolated(nonsending)
    static func with(
      clock: WallClock = .system, _ body: (IdentityFixture) async throws -> Void
    ) async throws
  {
    try await withDatabase(template: .migrated) { database in
      let pool = PostgresPool(database.configuration.with(role: "higgs_app"))
      let tokens = try await AccessTokens(keys: keys, current: "2")
      let identity = Identity(
        pool: pool, tokens: tokens, revocations: Revocations(pool: pool), clock: clock)
      try await body(IdentityFixture(pool: pool, identity: identity))
      await pool.shutdown()
    }
  }

  func guest(_ name: String = "Ayu") async throws -> NewGuest {
    try await identity.createGuest(
      displayName: name, locale: nil, from: SignInOrigin(device: "test", address: "127.0.0.1"))
  }
}

@Suite("Guests and their sign-ins", .timeLimit(.minutes(5)))
struct IdentityTests {
  @Test("A guest gets a profile, starting chips from the issue, and signs in again by the secret")
  func newGuest() async throws {
    try await IdentityFixture.with { fixture in
      let guest = try await fixture.guest()
      let players = Players(pool: fixture.pool)
      let player = guest.grant.player
      #expect(try await players.profile(of: player).displayName == "Ayu")
      let wallets = try await players.wallets(of: player)
      #expect(wallets.first { $0.currency == "COINS" }?.balance == 50_000)
      let history = try await players.payments(
        of: player, currency: "COINS", before: nil, limit: 5)
      #expect(history.map(\.kind) == ["grant"])
      let again = try await fixture.identity.signIn(
        guestSecret: guest.secret, from: SignInOrigin(device: nil, address: nil))
      #expect(again.player == player)
      #expect(again.signIn != guest.grant.signIn)
    }
  }

  @Test(
    "A secret that is not ours signs nobody in",
    arguments: ["", "hdg_", "hdg_" + String(repeating: "A", count: 43), "hdr_x"])
  func wrongSecret(_ secret: String) async throws {
    try await IdentityFixture.with { fixture in
      await #expect(throws: PlatformError.notAuthenticated(.invalid)) {
        try await fixture.identity.signIn(
          guestSecret: secret, from: SignInOrigin(device: nil, address: nil))
      }
    }
  }

  @Test("A refresh token works once; used again it ends the sign-in on this node at once")
  func refreshReuse() async throws {
    try await IdentityFixture.with { fixture in
      let identity = fixture.identity
      let guest = try await fixture.guest()
      let second = try await identity.refresh(guest.grant.refreshToken)
      #expect(second.refreshToken != guest.grant.refreshToken)
      #expect(try await identity.authenticate(second.accessToken).player == guest.grant.player)
      await #expect(throws: PlatformError.notAuthenticated(.reused)) {
        try await identity.refresh(guest.grant.refreshToken)
      }
      await #expect(throws: PlatformError.notAuthenticated(.revoked)) {
        try await identity.authenticate(second.accessToken)
      }
      await #expect(throws: PlatformError.notAuthenticated(.invalid)) {
        try await identity.refresh(second.refreshToken)
      }
    }
  }

  @Test("Another node hears of a revocation by the database")
  func revocationElsewhere() async throws {
    try await IdentityFixture.with { fixture in
      let guest = try await fixture.guest()
      let other = Revocations(pool: fixture.pool)
      let heard = AsyncStream<[ID<SignIn>]>.makeStream()
      other.onRevoked { heard.continuation.yield($0) }
      try await fixture.identity.signOut(
        try await fixture.identity.authenticate(guest.grant.accessToken))
      let poll = Task { await other.run() }
      for await signIns in heard.stream {
        #expect(signIns == [guest.grant.signIn])
        break
      }
      poll.cancel()
      #expect(other.contains(guest.grant.signIn))
    }
  }

  @Test("A suspended guest may not sign in")
  func suspended() async throws {
    try await IdentityFixture.with { fixture in
      let guest = try await fixture.guest()
      try await fixture.pool.execute(
        "select ban_user(\(guest.grant.player.uuid), 'a test')")
      await #expect(throws: PlatformError.accountNotActive(status: "banned")) {
        try await fixture.identity.signIn(
          guestSecret: guest.secret, from: SignInOrigin(device: nil, address: nil))
      }
    }
  }

  @Test("Names and languages that cannot be taken are refused with their field")
  func profileRules() throws {
    #expect(throws: PlatformError.self) { try ProfileRules.displayName("  ") }
    #expect(throws: PlatformError.self) { try ProfileRules.displayName("a\u{7}b") }
    #expect(throws: PlatformError.self) { try ProfileRules.displayName("\u{202E}evil") }
    #expect(throws: PlatformError.self) {
      try ProfileRules.displayName(String(repeating: "x", count: 33))
    }
    #expect(try ProfileRules.displayName("  Ayu  ") == "Ayu")
    #expect(throws: PlatformError.self) { try ProfileRules.locale("id_ID") }
    #expect(throws: PlatformError.self) { try ProfileRules.avatar("../x") }
  }
}
