/// The limits of a pool.
package struct PoolConfiguration: Sendable {
  /// The most connections.
  package var maximumConnections = 10
  /// How many callers may wait for one.
  package var maximumWaiters = 1_024
  /// How long a caller may wait for one.
  package var waitTimeoutMilliseconds = 5_000
  /// How many statements of `query` and `run` may share one connection when none is free.
  package var maximumSharing = 16
  /// How old a connection may grow; each gets up to a tenth less, so that they do not end at once.
  package var maximumLifetimeMilliseconds = 3_600_000
  /// How long a connection may lie idle before it is closed.
  package var idleTimeoutMilliseconds = 600_000
  /// How often idle connections are tried.
  package var healthCheckMilliseconds = 15_000
  /// How long such a trial may take.
  package var healthCheckTimeoutMilliseconds = 2_000
  /// How long to wait after failures to connect.
  package var backoff = Backoff()

  /// The defaults.
  package init() {}
}

/// How long to wait before the next attempt: twice as long each time, with chance in it, so that
/// not all come back in the same moment.
package struct Backoff: Sendable {
  /// After the first failure.
  package var firstMilliseconds = 50
  /// After many failures.
  package var maximumMilliseconds = 5_000

  /// The defaults.
  package init() {}

  /// The delay after so many failures in a row; `chance` is between 0 and 1.
  package func delayMilliseconds(failures: Int, chance: Double) -> Int {
    if failures <= 0 { return 0 }
    let doublings = min(failures - 1, 30)
    let full = min(Double(maximumMilliseconds), Double(firstMilliseconds) * Double(1 << doublings))
    return Int(full * (0.5 + chance * 0.5))
  }
}

/// What a pool is doing, for metrics.
package struct PoolCounters: Sendable, Hashable {
  /// Connections that a caller has.
  package var inUse = 0
  /// Connections that nobody has.
  package var idle = 0
  /// Connections that are being made.
  package var connecting = 0
  /// Callers that wait.
  package var waiting = 0
  /// Connections made since the start.
  package var created = 0
  /// Connections that could not be made since the start.
  package var failed = 0
  /// Connections that ended since the start, for whatever reason.
  package var ended = 0
  /// Callers that got none in time since the start.
  package var timedOut = 0
}
