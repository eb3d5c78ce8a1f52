package import Core
import FoundationEssentials
package import Postgres

/// A sign-in on one device; what `ID<SignIn>` is of.
package enum SignIn {}

/// What a refresh token turned out to be.
package enum RefreshOutcome: Hashable, Sendable {
  /// It was the valid one, and has been replaced.
  case rotated(ID<SignIn>, Account)
  /// It had been replaced before: somebody else has it. The sign-in is revoked now.
  case reused(ID<SignIn>)
  /// It is unknown, has ended, or was revoked.
  case unknown
}

/// Sign-ins: families of rotating refresh tokens. Only SHA-256s of tokens come here.
package struct SignIns<Client: PostgresClient>: Sendable {
  let client: Client

  /// The sign-ins behind a connection, a transaction or a pool.
  package init(_ client: Client) {
    self.client = client
  }

  /// Begins a sign-in.
  package func begin(
    _ id: ID<SignIn>, player: ID<Player>, tokenHash: [UInt8], device: String?, address: String?,
    lifetimeSeconds: Int32
  ) async throws(PostgresError) {
    try await client.execute(
      """
      insert into user_sessions (
        id, user_id, refresh_token_hash, device_name, address, expires_at)
      values (
        \(id.uuid), \(player.uuid), \(tokenHash), \(device), \(address)::text::inet,
        now() + make_interval(secs => \(lifetimeSeconds)))
      """)
  }

  /// Replaces the refresh token; one that was replaced before revokes the sign-in.
  package func rotate(
    tokenHash: [UInt8], newHash: [UInt8], lifetimeSeconds: Int32
  ) async throws(PostgresError) -> RefreshOutcome {
    let rotated = try await client.query(
      """
      update user_sessions as s
      set refresh_token_hash = \(newHash), previous_token_hash = \(tokenHash),
        refreshed_at = now(), expires_at = now() + make_interval(secs => \(lifetimeSeconds))
      from users as u
      where s.refresh_token_hash = \(tokenHash) and s.revoked_at is null and s.expires_at > now()
        and u.id = s.user_id
      returning s.id, u.id,
        case when u.status = 'suspended' and u.suspended_until <= now() then 'active'
          else u.status end,
        u.role
      """
    ).oneOrNone()
    if let rotated {
      let (id, player, status, role) = try rotated.decode(
        (UUID, UUID, Account.Status, String).self)
      return .rotated(ID(id), Account(id: ID(player), status: status, role: role))
    }
    let reused = try await client.query(
      """
      update user_sessions
      set revoked_at = now(), revoked_reason = 'reuse_detected'
      where previous_token_hash = \(tokenHash) and revoked_at is null
      returning id
      """
    ).oneOrNone()
    guard let reused else { return .unknown }
    return .reused(ID(try reused.decode(UUID.self)))
  }

  /// Ends a sign-in at its owner's wish; false where it had ended before.
  package func revoke(_ id: ID<SignIn>) async throws(PostgresError) -> Bool {
    try await client.execute(
      """
      update user_sessions set revoked_at = now(), revoked_reason = 'signed_out'
      where id = \(id.uuid) and revoked_at is null
      """) == 1
  }

  /// What a client may know of its sign-in; nil where it has ended.
  package func details(
    of id: ID<SignIn>
  ) async throws(PostgresError) -> (created: Timestamp, expires: Timestamp, device: String?)? {
    guard
      let row = try await client.query(
        """
        select created_at, expires_at, device_name from user_sessions
        where id = \(id.uuid) and revoked_at is null and expires_at > now()
        """
      ).oneOrNone()
    else { return nil }
    let (created, expires, device) = try row.decode((Timestamp, Timestamp, String?).self)
    return (created, expires, device)
  }

  /// Most sign-ins of one answer of `revoked`.
  package static var revokedMax: Int32 { 10_000 }

  /// Sign-ins that were revoked in the last seconds, the newest first.
  package func revoked(
    inTheLastSeconds seconds: Int32
  ) async throws(PostgresError) -> [ID<SignIn>] {
    try await client.query(
      """
      select id from user_sessions
      where revoked_at is not null and revoked_at > now() - make_interval(secs => \(seconds))
      order by revoked_at desc
      limit \(Self.revokedMax)
      """
    ).decode(UUID.self).map { ID($0) }
  }
}
