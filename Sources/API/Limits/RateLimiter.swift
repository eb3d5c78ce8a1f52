import Synchronization

/// How often something may be done: so many at once, refilled at a steady rate.
package struct RateLimit: Sendable, Hashable {
  /// How many at once.
  package var burst: Int
  /// How many more each second.
  package var perSecond: Double

  /// A limit of this.
  package init(burst: Int, perSecond: Double) {
    self.burst = burst
    self.perSecond = perSecond
  }

  /// The same limit, wider.
  package func times(_ factor: Double) -> RateLimit {
    RateLimit(burst: Int(Double(burst) * factor), perSecond: perSecond * factor)
  }
}

/// What a limit says to one more.
package struct RateVerdict: Sendable, Hashable {
  /// Whether it may be done.
  package var isAllowed: Bool
  /// How many at once.
  package var limit: Int
  /// How many are left now.
  package var remaining: Int
  /// When the next one is allowed, in whole seconds, at least 1 where it is refused.
  package var retrySeconds: Int
}

/// Counts by key (an address, a player), in bounded memory.
///
/// A key is the moment at which its bucket is full again; a key whose moment has passed is forgotten.
package final class RateLimiter: Sendable {
  /// Most keys; with more of them at once, new ones are refused.
  package static let keysMax = 100_000

  private struct State {
    var fullAt: [String: Int64] = [:]
  }

  private let limit: RateLimit
  private let now: @Sendable () -> Int64
  private let state = Mutex(State())

  /// A limiter on a clock of nanoseconds.
  package init(_ limit: RateLimit, now: @escaping @Sendable () -> Int64 = MonotonicTime.nanoseconds)
  {
    self.limit = limit
    self.now = now
  }

  /// Takes one for a key.
  package func take(_ key: String) -> RateVerdict {
    let now = now()
    let interval = Int64(1e9 / limit.perSecond)
    let capacity = interval * Int64(limit.burst)
    let fullAt: Int64? = state.withLock { state in
      if state.fullAt.count >= Self.keysMax {
        state.fullAt = state.fullAt.filter { $0.value > now }
      }
      let known = state.fullAt[key]
      guard known != nil || state.fullAt.count < Self.keysMax else { return nil }
      let next = max(known ?? now, now) + interval
      guard next - now <= capacity else { return nil }
      state.fullAt[key] = next
      return next
    }
    guard let fullAt else {
      let wait = max(1, Int((Double(interval) / 1e9).rounded(.up)))
      return RateVerdict(isAllowed: false, limit: limit.burst, remaining: 0, retrySeconds: wait)
    }
    let remaining = Int((capacity - (fullAt - now)) / interval)
    return RateVerdict(
      isAllowed: true, limit: limit.burst, remaining: remaining, retrySeconds: 0)
  }
}

/// A clock that only goes forward.
package enum MonotonicTime {
  private static let start = ContinuousClock.now

  /// Nanoseconds since the process began to ask.
  package static let nanoseconds: @Sendable () -> Int64 = {
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
