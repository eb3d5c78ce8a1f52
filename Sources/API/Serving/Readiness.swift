import Synchronization

/// Whether the node takes work, and why not.
package final class Readiness: Sendable {
  private let isStopping = Atomic<Bool>(false)
  private let checks: [(name: String, isOK: @Sendable () async -> Bool)]

  /// Ready while all checks pass and nobody has asked to stop.
  package init(checks: [(name: String, isOK: @Sendable () async -> Bool)]) {
    self.checks = checks
  }

  /// From now on the node is not ready.
  package func stop() { isStopping.store(true, ordering: .releasing) }

  /// The names of what is not as it should be; empty when ready.
  package func problems() async -> [String] {
    if isStopping.load(ordering: .acquiring) { return ["stopping"] }
    var problems: [String] = []
    for check in checks where await !check.isOK() { problems.append(check.name) }
    return problems
  }
}
