import CoreMetrics
import Foundation
import HTTPTypes
import Hummingbird
import Logging

/// The outermost step: gives each request an id, turns errors into problems, adds the headers that
/// every answer has, and measures.
struct RequestEnvelope: RouterMiddleware {
  typealias Context = APIContext

  let proxies: TrustedProxies
  /// Slower requests are logged.
  private static let slowSeconds = 2.0

  func handle(
    _ request: Request, context: APIContext,
    next: (Request, APIContext) async throws -> Response
  ) async throws -> Response {
    var context = context
    context.requestID = Self.requestID(request)
    context.address = proxies.address(of: request, peer: context.address)
    context.logger[metadataKey: "request_id"] = .string(context.requestID)
    let start = MonotonicTime.nanoseconds()
    var response = await answer(request, context, next)
    response.headers[.requestID] = context.requestID
    SecurityHeaders.add(to: &response.headers)
    measure(request, context, response, nanoseconds: MonotonicTime.nanoseconds() - start)
    if response.headers[.connection] == "close" { endSoon(context) }
    return response
  }

  private func answer(
    _ request: Request, _ context: APIContext,
    _ next: (Request, APIContext) async throws -> Response
  ) async -> Response {
    do {
      return try await next(request, context)
    } catch {
      let problem = Problem.of(error) ?? .unexpected
      // Maintenance is what the operator wants; each request that it turns away is no news.
      if problem.status.code >= 500, problem.code != Maintenance.code {
        context.logger.error("\(request.method) \(request.uri.path) failed: \(error)")
      }
      return problem.response(requestID: context.requestID)
    }
  }

  private func measure(
    _ request: Request, _ context: APIContext, _ response: Response, nanoseconds: Int64
  ) {
    let route = context.endpointPath ?? "none"
    Timer(
      label: "http_request_duration",
      dimensions: [
        ("method", request.method.rawValue.count < 8 ? request.method.rawValue : "other"),
        ("route", route), ("status", String(response.status.code)),
      ]
    ).recordNanoseconds(nanoseconds)
    if Double(nanoseconds) / 1e9 > Self.slowSeconds {
      context.logger.warning("\(request.method) \(route) took \(nanoseconds / 1_000_000) ms")
    }
  }

  /// The client was told that the connection ends; what it still sends is not waited for.
  private func endSoon(_ context: APIContext) {
    let channel = context.channel
    channel.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
  }

  /// The client's own id where it is short and plain, else a new one.
  private static func requestID(_ request: Request) -> String {
    if let given = request.headers[.requestID], (1...64).contains(given.utf8.count),
      given.utf8.allSatisfy(isPlain)
    {
      return given
    }
    return String(UInt64.random(in: 0...UInt64.max), radix: 36)
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }
}

extension HTTPField.Name {
  static let requestID = HTTPField.Name("X-Request-ID")!
  static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
  static let idempotentReplayed = HTTPField.Name("Idempotent-Replayed")!
  static let forwardedFor = HTTPField.Name("X-Forwarded-For")!
  static let rateLimit = HTTPField.Name("RateLimit-Limit")!
  static let rateRemaining = HTTPField.Name("RateLimit-Remaining")!
}
