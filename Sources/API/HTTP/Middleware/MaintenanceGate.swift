import HTTPTypes
import Hummingbird

/// While the server is being maintained: nobody signs in or takes a seat; who plays finishes the hand.
package struct Maintenance: Sendable, Hashable {
  /// When it is worth trying again.
  package var retrySeconds: Int

  /// Maintenance that is thought to take so long.
  package init(retrySeconds: Int) {
    self.retrySeconds = retrySeconds
  }

  /// The stable name, in problems and on sockets.
  static let code = "maintenance"
  /// For people.
  static let text =
    "The server is being maintained: nobody can sign in or sit down now. Hands that run are finished."

  var problem: Problem {
    Problem(
      .serviceUnavailable, Self.code, Self.text, headers: [.retryAfter: String(retrySeconds)])
  }
}

/// Turns requests away during maintenance.
struct MaintenanceGate: RouterMiddleware {
  typealias Context = APIContext

  /// Nil while there is none.
  let maintenance: Maintenance?

  func handle(
    _ request: Request, context: APIContext,
    next: (Request, APIContext) async throws -> Response
  ) async throws -> Response {
    if let maintenance { throw maintenance.problem }
    return try await next(request, context)
  }
}
