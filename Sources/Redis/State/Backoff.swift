/// How long to wait before the next attempt to connect: twice as long after each failure, and a part
/// of it by chance, so that many clients do not come back at once.
package struct Backoff: Sendable {
  private let firstMilliseconds: Int
  private let maxMilliseconds: Int
  /// Failures since the last good connection.
  package private(set) var failures = 0

  /// No failure yet.
  package init(firstMilliseconds: Int, maxMilliseconds: Int) {
    self.firstMilliseconds = firstMilliseconds
    self.maxMilliseconds = maxMilliseconds
  }

  /// Doublings after which the pause is surely the longest one.
  private static let doublingsMax = 20

  /// The pause after one more failure: between a half and the whole of the present length.
  package mutating func pause(using random: inout some RandomNumberGenerator) -> Int {
    let length = min(maxMilliseconds, firstMilliseconds << min(failures, Self.doublingsMax))
    failures += 1
    return Int.random(in: (length / 2)...length, using: &random)
  }

  /// The connection was good.
  package mutating func reset() { failures = 0 }
}
