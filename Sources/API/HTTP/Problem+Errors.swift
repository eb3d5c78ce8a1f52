import HTTPTypes
import Hummingbird
import NIOCore
import Platform
import Postgres
import Tables

/// The one place that says how an error reads outside.
extension Problem {
  /// What a client is told of an error; nil: nothing that it could use.
  static func of(_ error: any Error) -> Problem? {
    switch error {
    case let problem as Problem: problem
    case let error as PlatformError: of(error)
    case let error as CommandError: of(error)
    case let error as JSONProblem: Problem(.badRequest, "bad_request", error.description)
    case let error as PostgresError: of(error)
    case let error as HTTPError: of(error)
    case is NIOTooManyBytesError: .tooLarge(limit: JSONBody.bytesMax)
    default: nil
    }
  }

  /// For what nobody foresaw.
  static let unexpected = Problem(
    .internalServerError, "internal",
    "Something went wrong here; the request's id finds it in the log.")

  static func tooLarge(limit: Int) -> Problem {
    Problem(
      .contentTooLarge, "too_large", "A body may have at most \(limit) bytes.",
      endsConnection: true)
  }

  static func notFound(_ what: String) -> Problem {
    Problem(.notFound, "\(what)_not_found", "There is no such \(what), or it is not yours.")
  }

  private static func of(_ error: PlatformError) -> Problem {
    switch error {
    case .notAuthenticated(let reason): of(reason)
    case .accountNotActive(let status):
      Problem(.forbidden, "account_not_active", "The account is \(status).")
    case .invalid(let field, let text):
      Problem(.unprocessableContent, "invalid", "\(field): \(text)")
    case .notFound(let thing): notFound(thing.rawValue)
    case .handRunning:
      Problem(.conflict, "hand_running", "The hand is being played; ask again when it is over.")
    case .keyReused:
      Problem(
        .unprocessableContent, "idempotency_key_reused",
        "This Idempotency-Key was used for another request. Use a new one.")
    }
  }

  private static func of(_ reason: PlatformError.Authentication) -> Problem {
    let detail =
      switch reason {
      case .missing: "Send an access token: Authorization: Bearer ….".description
      case .invalid: "The token or secret is not valid. Sign in again."
      case .expired: "The access token has ended. Refresh it: POST /v1/auth/refresh."
      case .revoked: "The sign-in has ended. Sign in again."
      case .reused: "The refresh token had been used before, so the sign-in ended. Sign in again."
      }
    let challenge = reason == .missing ? "Bearer" : "Bearer error=\"invalid_token\""
    return Problem(
      .unauthorized, reason == .missing ? "unauthenticated" : "token_\(reason.rawValue)", detail,
      headers: [.wwwAuthenticate: challenge])
  }

  /// A table's refusal; its codes are the same on the socket.
  private static func of(_ error: CommandError) -> Problem {
    let status: HTTPResponse.Status =
      switch error.code {
      case .badMessage: .badRequest
      case .roomNotFound, .playerNotFound, .sessionNotFound, .stakeNotFound, .seatNotFound,
        .walletNotFound:
        .notFound
      case .busy, .paused, .moved: .serviceUnavailable
      case .accountNotActive, .vipLevelTooLow, .limitExceeded, .walletFrozen, .botsOff,
        .joinCodeNeeded:
        .forbidden
      case .internalError: .internalServerError
      default: .conflict
      }
    return Problem(
      status, error.code.rawValue, error.message,
      headers: status == .serviceUnavailable ? [.retryAfter: "1"] : [:])
  }

  private static func of(_ error: PostgresError) -> Problem? {
    switch error {
    case .poolExhausted, .poolQueueFull, .connectionQueueFull, .timedOut:
      unavailable("The database is busy")
    case .connectionFailed, .connectionLost, .connectionClosed, .commitUnknown, .poolClosed:
      unavailable("The database cannot be reached")
    default: nil
    }
  }

  private static func unavailable(_ why: String) -> Problem {
    Problem(
      .serviceUnavailable, "unavailable",
      "\(why). Send the same request again in a moment; with the same Idempotency-Key nothing is "
        + "done twice.",
      headers: [.retryAfter: "2"])
  }

  private static func of(_ error: HTTPError) -> Problem? {
    switch error.status {
    case .notFound: Problem(.notFound, "not_found", "There is nothing at this address.")
    case .methodNotAllowed:
      Problem(.methodNotAllowed, "method_not_allowed", "This address does not take this method.")
    case .contentTooLarge: .tooLarge(limit: JSONBody.bytesMax)
    case .badRequest: Problem(.badRequest, "bad_request", error.body ?? "The request is wrong.")
    default: nil
    }
  }
}
