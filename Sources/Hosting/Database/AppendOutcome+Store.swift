import Core
import Domino
import Store
import Tables

extension Tables.AppendOutcome {
  init(_ outcome: Store.AppendOutcome) {
    self =
      switch outcome {
      case .ok: .ok
      case .exists: .exists
      case .different: .different
      case .outOfOrder: .outOfOrder
      case .fenced: .fenced
      case .finished: .finished
      case .invalid: .invalid
      }
  }
}

extension JournalAppend {
  init(_ append: MoveAppend) {
    self.init(
      room: append.room, fence: append.fence, hand: append.hand,
      moves: append.moves.map { move in
        JournalMove(
          number: Int32(move.number), seat: Int16(move.seat.number),
          actor: JournalMove.Actor(move.decider), move: move.move.bytes,
          reference: move.reference?.text,
          timeBankMilliseconds: Int32(move.timeBankMilliseconds), isTrustee: move.isTrustee)
      })
  }
}

extension JournalMove.Actor {
  init(_ decider: Decider) {
    self =
      switch decider {
      case .player: .player
      case .bot: .bot
      case .timeout: .timeout
      case .trustee: .trustee
      case .rules: .rules
      }
  }
}

extension Decider {
  init(_ actor: JournalMove.Actor) {
    self =
      switch actor {
      case .player: .player
      case .bot: .bot
      case .timeout: .timeout
      case .trustee: .trustee
      case .rules: .rules
      }
  }
}
