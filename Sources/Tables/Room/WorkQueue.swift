import Core
import Domino

/// Something that a room is to do, one after the other.
enum Work {
  /// A player's command; the answer goes to the ticket.
  case command(PlayerCommand, by: ID<Player>, ticket: UInt64)
  /// The time of a turn is up.
  case timeOut(Turn)
  /// The trustee's time to act has come.
  case trustee(Turn)
  /// A bot has thought.
  case bot(Turn, LineMove)
  /// The next hand is due.
  case startHand
  /// Something may have to be done that nobody asked for.
  case lookRound
  /// The room is to be closed.
  case close(ticket: UInt64)
}

/// The commands and timers that wait, with a bound for each player.
struct WorkQueue {
  private var work: [Work] = []
  private var first = 0
  private var commands = 0
  private var ofPlayer: [ID<Player>: Int] = [:]

  /// Whether nothing waits.
  var isEmpty: Bool { first == work.count }

  /// Whether one more command of the player may wait.
  func hasRoom(for player: ID<Player>, _ policy: TablePolicy) -> Bool {
    commands < policy.commandsPerRoomMax
      && ofPlayer[player, default: 0] < policy.commandsPerSeatMax
  }

  /// Adds something at the end.
  mutating func append(_ item: Work) {
    if case .command(_, let player, _) = item {
      commands += 1
      ofPlayer[player, default: 0] += 1
    }
    work.append(item)
  }

  /// Takes what waits longest.
  mutating func popFirst() -> Work? {
    guard first < work.count else { return nil }
    let item = work[first]
    first += 1
    if first == work.count {
      work.removeAll(keepingCapacity: true)
      first = 0
    }
    if case .command(_, let player, _) = item {
      commands -= 1
      let left = ofPlayer[player, default: 1] - 1
      ofPlayer[player] = left == 0 ? nil : left
    }
    return item
  }

  /// Forgets everything.
  mutating func removeAll() { self = WorkQueue() }
}
