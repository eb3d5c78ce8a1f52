package import Core
import Crypto
import FoundationEssentials
import JWTKit
package import Store

/// What a good access token says.
package struct Access: Hashable, Sendable {
  /// Who.
  package let player: ID<Player>
  /// By which sign-in.
  package let signIn: ID<SignIn>
  /// player, or the role of a member of staff.
  package let role: String
  /// When the token ends, in seconds since 1970.
  package let expiresAt: Int64

  /// An access as it stands.
  package init(player: ID<Player>, signIn: ID<SignIn>, role: String, expiresAt: Int64) {
    self.player = player
    self.signIn = signIn
    self.role = role
    self.expiresAt = expiresAt
  }
}

/// Short-lived access tokens: JWTs that are signed with Ed25519.
///
/// The library checks the signature; `kid`, `alg`, `typ`, `iss`, `aud` and the times are checked
/// here, against what we write and nothing else.
package struct AccessTokens: Sendable {
  /// How long a token holds.
  package static let lifetimeSeconds: Int64 = 900
  /// How far another node's clock may be ahead.
  package static let skewSeconds: Int64 = 60
  /// Longer ones are not ours.
  package static let maximumBytes = 2_048

  static let issuer = "higgs-domino"
  static let audience = "higgs-domino-api"
  static let type = "at+jwt"
  static let algorithm = "EdDSA"

  private let keys: JWTKeyCollection
  private let keyIDs: Set<String>
  private let current: JWKIdentifier

  /// Tokens under a ring of Ed25519 private keys, 32 bytes each; new ones under the current key.
  package init(keys ring: [String: [UInt8]], current: String) async throws {
    let collection = JWTKeyCollection()
    for (id, bytes) in ring {
      let key = try Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
      await collection.add(eddsa: EdDSA.PrivateKey(backing: key), kid: JWKIdentifier(string: id))
    }
    precondition(ring[current] != nil, "the current key is not in the ring")
    keys = collection
    keyIDs = Set(ring.keys)
    self.current = JWKIdentifier(string: current)
  }

  /// A token for a sign-in, from now on.
  package func issue(
    player: ID<Player>, signIn: ID<SignIn>, role: String, nowSeconds: Int64
  ) async throws -> String {
    let claims = AccessClaims(
      iss: Self.issuer, aud: Self.audience, sub: player.description, sid: signIn.description,
      role: role, iat: nowSeconds, exp: nowSeconds + Self.lifetimeSeconds)
    return try await keys.sign(claims, kid: current, header: ["typ": .string(Self.type)])
  }

  /// Who a token speaks for.
  package func verify(
    _ token: String, nowSeconds: Int64
  ) async throws(PlatformError) -> Access {
    guard token.utf8.count <= Self.maximumBytes, hasOurHeader(token),
      let claims = try? await keys.verify(token, as: AccessClaims.self),
      claims.iss == Self.issuer, claims.aud == Self.audience,
      claims.iat <= nowSeconds + Self.skewSeconds,
      claims.exp > claims.iat, claims.exp - claims.iat <= Self.lifetimeSeconds,
      let player = ID<Player>(claims.sub), let signIn = ID<SignIn>(claims.sid)
    else { throw .notAuthenticated(.invalid) }
    guard claims.exp > nowSeconds else { throw .notAuthenticated(.expired) }
    return Access(player: player, signIn: signIn, role: claims.role, expiresAt: claims.exp)
  }

  /// Exactly alg, typ and kid, with our values: no other algorithm, no embedded key.
  private func hasOurHeader(_ token: String) -> Bool {
    guard
      let parsed = try? DefaultJWTParser().parse(Array(token.utf8), as: AccessClaims.self),
      let kid = parsed.header.kid
    else { return false }
    return parsed.header.fields.count == 3 && parsed.header.alg == Self.algorithm
      && parsed.header.typ == Self.type && keyIDs.contains(kid)
  }
}

/// The claims of an access token.
struct AccessClaims: JWTPayload {
  var iss: String
  var aud: String
  var sub: String
  var sid: String
  var role: String
  var iat: Int64
  var exp: Int64

  /// Nothing here: `AccessTokens.verify` checks all of them.
  func verify(using algorithm: some JWTAlgorithm) throws {}
}
