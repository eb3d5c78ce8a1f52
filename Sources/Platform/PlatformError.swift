/// Why the platform refused. `API` maps each to a problem; nothing secret is in any of them.
package enum PlatformError: Error, Hashable, Sendable {
  /// The secret, token or code is not one of ours. It does not say which part was wrong.
  case notAuthenticated(Authentication)
  /// The account may not be used.
  case accountNotActive(status: String)
  /// A field of the request cannot be taken; the text says what can.
  case invalid(field: String, String)
  /// There is no such thing, or it is not for this player.
  case notFound(Thing)
  /// The hand is being played: it can be seen when it is over.
  case handRunning
  /// The idempotency key was used for another request.
  case keyReused

  /// What was not accepted of a sign-in.
  package enum Authentication: String, Hashable, Sendable {
    /// There was none.
    case missing
    /// It is not one of ours, or does not hold any more.
    case invalid
    /// The access token has ended: refresh it.
    case expired
    /// The sign-in has ended.
    case revoked
    /// The refresh token had been used before, so that the sign-in is revoked.
    case reused
  }

  /// What can be missing.
  package enum Thing: String, Hashable, Sendable {
    case player, room, hand, wallet, session, stake, page
  }
}
