import Core
import Store
import Synchronization

/// Until when the node's rooms are its own.
final class Lease: Sendable {
  private struct State {
    var node: SerialID<Node>?
    var endsAt: ContinuousClock.Instant?
  }

  private let state = Mutex(State())

  /// The node's number; nil before it is registered.
  var node: SerialID<Node>? { state.withLock { $0.node } }

  /// Whether the rooms are the node's own now.
  var isValid: Bool {
    state.withLock { state in state.endsAt.map { ContinuousClock.now < $0 } ?? false }
  }

  /// When it ends, as far as this node knows.
  var endsAt: ContinuousClock.Instant? { state.withLock { $0.endsAt } }

  /// The lease was given or renewed by a call that began at this moment: it may have been given as
  /// early as that.
  func renewed(_ node: SerialID<Node>, callBegan: ContinuousClock.Instant) {
    state.withLock { state in
      state.node = node
      state.endsAt = callBegan + .milliseconds(HostConfiguration.leaseMilliseconds)
    }
  }

  /// The database knows nothing of it.
  func lose() {
    state.withLock { state in
      state.node = nil
      state.endsAt = nil
    }
  }
}
