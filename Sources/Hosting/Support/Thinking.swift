import Dispatch

/// Where bots think: one thread, so that they never take more than one core from the tables.
final class Thinking: Sendable {
  private let queue = DispatchQueue(label: "bots", qos: .utility)

  /// Runs what finds a bot's move, after those that came before.
  func run(_ body: @escaping @Sendable () -> Void) { queue.async(execute: body) }
}
