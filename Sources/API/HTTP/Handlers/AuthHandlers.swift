import FoundationEssentials
import HTTPTypes
import Hummingbird
import Platform
import Store

/// Signing in and out.
struct AuthHandlers {
  let identity: Identity
  let players: Players

  private struct Tokens: Encodable {
    var player: PlayerAnswer
    var guestSecret: String?
    var accessToken: String
    var expiresIn: Int64
    var refreshToken: String
  }

  private struct Refreshed: Encodable {
    var accessToken: String
    var expiresIn: Int64
    var refreshToken: String
  }

  private struct SessionAnswer: Encodable {
    var id: String
    var playerId: String
    var createdAt: String
    var expiresAt: String
    var device: String?
  }

  /// POST /v1/auth/guest
  func createGuest(_ request: Request, _ context: APIContext) async throws -> Response {
    let body = try await JSONBody.object(request, allowing: ["display_name", "locale"])
    let guest = try await identity.createGuest(
      displayName: try body.text("display_name"), locale: try body.text("locale"),
      from: Self.origin(request, context))
    return try await answer(guest.grant, secret: guest.secret, status: .created)
  }

  /// POST /v1/auth/guest/sign-in
  func signIn(_ request: Request, _ context: APIContext) async throws -> Response {
    let body = try await JSONBody.object(request, allowing: ["guest_secret"])
    let grant = try await identity.signIn(
      guestSecret: try body.demandText("guest_secret"), from: Self.origin(request, context))
    return try await answer(grant, secret: nil, status: .ok)
  }

  /// POST /v1/auth/refresh
  func refresh(_ request: Request, _ context: APIContext) async throws -> Response {
    let body = try await JSONBody.object(request, allowing: ["refresh_token"])
    let grant = try await identity.refresh(try body.demandText("refresh_token"))
    return try JSONAnswer.response(
      Refreshed(
        accessToken: grant.accessToken, expiresIn: grant.expiresInSeconds,
        refreshToken: grant.refreshToken))
  }

  /// GET /v1/session
  func session(_ request: Request, _ context: APIContext) async throws -> Response {
    let access = try context.player
    guard let details = try await identity.details(of: access.signIn) else {
      throw PlatformError.notAuthenticated(.revoked)
    }
    return try JSONAnswer.response(
      SessionAnswer(
        id: access.signIn.description, playerId: access.player.description,
        createdAt: details.created.text, expiresAt: details.expires.text, device: details.device))
  }

  /// DELETE /v1/session
  func signOut(_ request: Request, _ context: APIContext) async throws -> Response {
    try await identity.signOut(try context.player)
    return Response(status: .noContent)
  }

  private func answer(
    _ grant: Grant, secret: String?, status: HTTPResponse.Status
  ) async throws -> Response {
    let profile = try await players.profile(of: grant.player)
    return try JSONAnswer.response(
      Tokens(
        player: PlayerAnswer(profile), guestSecret: secret, accessToken: grant.accessToken,
        expiresIn: grant.expiresInSeconds, refreshToken: grant.refreshToken),
      status: status)
  }

  private static func origin(_ request: Request, _ context: APIContext) -> SignInOrigin {
    SignInOrigin(
      device: request.headers[.userAgent],
      address: context.address == "unknown" ? nil : context.address)
  }
}
