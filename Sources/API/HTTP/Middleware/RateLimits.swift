import HTTPTypes
import Hummingbird

/// Refuses requests beyond a limit, and says in headers what is left.
struct RateLimiting: RouterMiddleware {
  typealias Context = APIContext

  /// Whom a limit counts.
  enum Subject {
    case address, player
  }

  /// Who counts.
  enum Limiter {
    /// This node alone.
    case node(RateLimiter)
    /// All nodes together, where there is Redis.
    case shared(SharedRateLimiter)
  }

  let limiter: Limiter
  let subject: Subject

  func handle(
    _ request: Request, context: APIContext,
    next: (Request, APIContext) async throws -> Response
  ) async throws -> Response {
    let key =
      switch subject {
      case .address: context.address
      case .player: try context.player.player.description
      }
    let verdict =
      switch limiter {
      case .node(let limiter): limiter.take(key)
      case .shared(let limiter): await limiter.take(key)
      }
    guard verdict.isAllowed else {
      var problem = Problem(
        .tooManyRequests, "rate_limited",
        "Too many requests. Try again in \(verdict.retrySeconds) s.")
      problem.headers[.retryAfter] = String(verdict.retrySeconds)
      Self.add(verdict, to: &problem.headers)
      throw problem
    }
    var response = try await next(request, context)
    Self.add(verdict, to: &response.headers)
    return response
  }

  /// The innermost limit, which is the tightest, is the one that is told.
  private static func add(_ verdict: RateVerdict, to headers: inout HTTPFields) {
    guard headers[.rateLimit] == nil else { return }
    headers[.rateLimit] = String(verdict.limit)
    headers[.rateRemaining] = String(verdict.remaining)
  }
}
