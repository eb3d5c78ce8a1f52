import Bots
import Dispatch
import Domino

/// Where bots think: one thread, so that they never take more than one core from the tables.
final class Thinking: Sendable {
  private let queue = DispatchQueue(label: "bots", qos: .utility)

  /// The bot's move.
  func move(of bot: Bot, in view: LineView) async -> LineMove? {
    await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: bot.move(in: view)) }
    }
  }
}
