import Core

/// The answers to the last commands that were done: the same reference again gets the same answer.
struct Answers {
  private struct Key: Hashable {
    let player: ID<Player>
    let reference: CommandReference
  }

  private let limit: Int
  private var known: [Key: Done] = [:]
  private var order: [Key] = []
  private var oldest = 0

  /// Room for so many answers.
  init(limit: Int) { self.limit = limit }

  /// The answer to the player's command of this name.
  func answer(to reference: CommandReference?, by player: ID<Player>) -> Done? {
    guard let reference else { return nil }
    return known[Key(player: player, reference: reference)]
  }

  /// Remembers an answer, instead of the oldest one where there are enough.
  mutating func remember(_ done: Done, to reference: CommandReference?, by player: ID<Player>) {
    guard let reference else { return }
    let key = Key(player: player, reference: reference)
    guard known.updateValue(done, forKey: key) == nil else { return }
    if order.count < limit {
      order.append(key)
    } else {
      known[order[oldest]] = nil
      order[oldest] = key
      oldest = (oldest + 1) % limit
    }
  }
}
