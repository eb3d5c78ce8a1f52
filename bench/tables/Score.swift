import Synchronization

/// What all players saw together.
///
/// One lock: this program's threads are few and hold it for nanoseconds.
final class Score: Sendable {
  private struct State {
    var isMeasuring = false
    var nanoseconds: [UInt32] = []
    var refusals = 0
    var watching = 0
    var seated = 0
    var lastWords: String?
  }

  private let state = Mutex(State())

  func begin() {
    state.withLock { $0 = State(isMeasuring: true) }
  }

  /// A player has been welcomed and sees its table.
  func sees() {
    state.withLock { $0.watching += 1 }
  }

  /// How many do.
  var watching: Int { state.withLock { $0.watching } }

  /// A player has taken its seat.
  func sat() {
    state.withLock { $0.seated += 1 }
  }

  /// How many have.
  var seated: Int { state.withLock { $0.seated } }

  /// An event came back for a command.
  func answered(after nanoseconds: UInt64) {
    state.withLock {
      guard $0.isMeasuring else { return }
      $0.nanoseconds.append(UInt32(clamping: nanoseconds))
    }
  }

  /// A command was refused.
  func refused() {
    state.withLock { $0.refusals += $0.isMeasuring ? 1 : 0 }
  }

  /// Somebody got no seat.
  func refused(_ words: String) {
    state.withLock { $0.lastWords = words }
  }

  /// The last refusal of a seat.
  var lastWords: String? { state.withLock { $0.lastWords } }

  func end() -> Latencies {
    state.withLock {
      $0.isMeasuring = false
      return Latencies(sorted: $0.nanoseconds.sorted(), refusals: $0.refusals)
    }
  }
}

/// From the command to its event, sorted.
struct Latencies {
  var sorted: [UInt32]
  var refusals: Int

  /// The quantile in milliseconds, as text.
  func milliseconds(_ quantile: Double) -> String {
    guard !sorted.isEmpty else { return "–" }
    let place = min(sorted.count - 1, Int(Double(sorted.count) * quantile))
    let tenths = (Double(sorted[place]) / 100_000).rounded() / 10
    return "\(tenths)"
  }
}
