import HTTPTypes
import Hummingbird
import Platform

/// Lets only requests with a good access token through.
struct Authentication: RouterMiddleware {
  typealias Context = APIContext

  let identity: Identity

  func handle(
    _ request: Request, context: APIContext,
    next: (Request, APIContext) async throws -> Response
  ) async throws -> Response {
    guard let header = request.headers[.authorization] else {
      throw PlatformError.notAuthenticated(.missing)
    }
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else {
      throw PlatformError.notAuthenticated(.missing)
    }
    var context = context
    context.access = try await identity.authenticate(String(parts[1]))
    return try await next(request, context)
  }
}
