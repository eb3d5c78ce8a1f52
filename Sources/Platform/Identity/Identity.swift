package import Core
import FoundationEssentials
import Logging
package import Postgres
package import Store

/// What a client gets that has signed in.
package struct Grant: Sendable {
  /// Who.
  package var player: ID<Player>
  /// By which sign-in.
  package var signIn: ID<SignIn>
  /// For the `Authorization` header and the socket's `hello`.
  package var accessToken: String
  /// How long that holds.
  package var expiresInSeconds: Int64
  /// For the next access token; each works once.
  package var refreshToken: String
}

/// Where a sign-in comes from.
package struct SignInOrigin: Sendable {
  /// What the client calls itself, at most 100 characters.
  package var device: String?
  /// The network address.
  package var address: String?

  /// An origin as it stands.
  package init(device: String?, address: String?) {
    self.device = device.map { String($0.prefix(100)) }.flatMap { $0.isEmpty ? nil : $0 }
    self.address = address
  }
}

/// Who somebody is: guests, sign-ins and their tokens.
package struct Identity: Sendable {
  /// How long a refresh token holds that is not used.
  package static let refreshLifetimeSeconds: Int32 = 60 * 86_400

  let pool: PostgresPool
  let tokens: AccessTokens
  /// What was revoked lately.
  package let revocations: Revocations
  let clock: WallClock

  /// The identity of the players behind a pool.
  package init(
    pool: PostgresPool, tokens: AccessTokens, revocations: Revocations, clock: WallClock = .system
  ) {
    self.pool = pool
    self.tokens = tokens
    self.revocations = revocations
    self.clock = clock
  }

  /// Who an access token speaks for.
  package func authenticate(_ token: String) async throws(PlatformError) -> Access {
    let access = try await tokens.verify(token, nowSeconds: clock.seconds)
    guard !revocations.contains(access.signIn) else { throw .notAuthenticated(.revoked) }
    return access
  }

  /// Signs a guest in by the secret that the server gave out.
  package func signIn(guestSecret: String, from origin: SignInOrigin) async throws -> Grant {
    guard let secret = Secret(guestSecret, .guest),
      let account = try await Accounts(pool).guest(secretHash: secret.hash)
    else { throw PlatformError.notAuthenticated(.invalid) }
    try Self.demandActive(account)
    return try await begin(account.id, role: account.role, from: origin, in: pool)
  }

  /// A new access token and a new refresh token for an unused refresh token. One that was used
  /// before revokes the sign-in: somebody else has it.
  package func refresh(_ refreshToken: String) async throws -> Grant {
    guard let old = Secret(refreshToken, .refresh) else {
      throw PlatformError.notAuthenticated(.invalid)
    }
    let new = Secret(.refresh)
    let outcome = try await SignIns(pool).rotate(
      tokenHash: old.hash, newHash: new.hash, lifetimeSeconds: Self.refreshLifetimeSeconds)
    switch outcome {
    case .rotated(let signIn, let account):
      try Self.demandActive(account)
      return try await grant(account.id, signIn, role: account.role, refreshToken: new)
    case .reused(let signIn):
      revocations.add([signIn])
      throw PlatformError.notAuthenticated(.reused)
    case .unknown:
      throw PlatformError.notAuthenticated(.invalid)
    }
  }

  /// Ends a sign-in, on this node at once.
  package func signOut(_ access: Access) async throws {
    _ = try await SignIns(pool).revoke(access.signIn)
    revocations.add([access.signIn])
  }

  /// Begins a sign-in of an account; part of the caller's transaction where it has one.
  func begin(
    _ player: ID<Player>, role: String, from origin: SignInOrigin, in client: some PostgresClient
  ) async throws -> Grant {
    let refresh = Secret(.refresh)
    let signIn = clock.newID(of: SignIn.self)
    try await SignIns(client).begin(
      signIn, player: player, tokenHash: refresh.hash, device: origin.device,
      address: origin.address, lifetimeSeconds: Self.refreshLifetimeSeconds)
    return try await grant(player, signIn, role: role, refreshToken: refresh)
  }

  private func grant(
    _ player: ID<Player>, _ signIn: ID<SignIn>, role: String, refreshToken: Secret
  ) async throws -> Grant {
    Grant(
      player: player, signIn: signIn,
      accessToken: try await tokens.issue(
        player: player, signIn: signIn, role: role, nowSeconds: clock.seconds),
      expiresInSeconds: AccessTokens.lifetimeSeconds, refreshToken: refreshToken.text)
  }

  private static func demandActive(_ account: Account) throws(PlatformError) {
    guard account.status == .active else {
      throw .accountNotActive(status: account.status.rawValue)
    }
  }
}

extension Identity {
  /// What a client may know of its sign-in; nil where it has ended.
  package func details(
    of signIn: ID<SignIn>
  ) async throws -> (created: Timestamp, expires: Timestamp, device: String?)? {
    try await SignIns(pool).details(of: signIn)
  }
}

extension Identity {
  /// How long an access holds from now on, in seconds.
  package func secondsLeft(of access: Access) -> Int64 {
    max(0, access.expiresAt - clock.seconds)
  }

  /// Throws where the account may not be used now.
  package func demandActive(_ player: ID<Player>) async throws {
    guard let account = try await Accounts(pool).account(player) else {
      throw PlatformError.notAuthenticated(.invalid)
    }
    try Self.demandActive(account)
  }
}
