import Core
import Domino

extension MoveProposal {
  /// What everybody is told of it, in order; the last event carries the turn.
  ///
  /// - Parameters:
  ///   - before: the hand before the decision.
  ///   - turn: who is to act afterwards.
  func events(before: LineHand, turn: TurnEvent?) -> [RoomEvent] {
    var counts: [Seat: Int] = [:]
    for entry in before.setup.seats { counts[entry.seat] = before.position[entry.seat].count }
    var boneyard = before.boneyardCount
    let happened = step.events.filter { $0.move != nil }
    return happened.enumerated().map { index, event in
      let move = append.moves[index]
      switch event {
      case .placed: counts[move.seat, default: 1] -= 1
      case .drew:
        counts[move.seat, default: 0] += 1
        boneyard -= 1
      case .passed, .ended: break
      }
      return .move(
        MoveEvent(
          number: move.number, decider: move.decider, event: event, reference: move.reference,
          ends: step.hand.line.ends, tilesLeft: counts[move.seat] ?? 0, boneyard: boneyard,
          turn: index == happened.count - 1 ? turn : nil))
    }
  }
}
