/// How often one socket may speak: so many at once, refilled at a steady rate.
struct MessageRate {
  enum Verdict {
    case allowed
    case refused
    /// The client goes on although it was refused.
    case tooMany
  }

  /// So many refusals, less one for every message that was allowed, end the socket.
  private static let refusalsMax: Int64 = 40

  private let interval: Int64
  private let capacity: Int64
  private var fullAt: Int64 = 0
  private var refusals: Int64 = 0

  init(_ limit: RateLimit) {
    interval = Int64(1e9 / limit.perSecond)
    capacity = interval * Int64(limit.burst)
  }

  mutating func take(now: Int64) -> Verdict {
    let next = max(fullAt, now) + interval
    guard next - now <= capacity else {
      refusals += 1
      return refusals > Self.refusalsMax ? .tooMany : .refused
    }
    fullAt = next
    refusals = max(0, refusals - 1)
    return .allowed
  }
}
