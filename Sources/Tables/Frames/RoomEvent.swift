import Core
import Domino
import Fairness

/// Something durable that happened in a room. Each has one number for all, and one frame for each
/// receiver.
enum RoomEvent: Sendable {
  case seatTaken(Seat, PlayerFacts, stack: Chips, ID<Session>)
  case seatLeft(Seat, cashedOut: Chips)
  case seatLeaving(Seat)
  case seatPromised(Seat, to: ID<Player>?)
  case seatToppedUp(Seat, amount: Chips, stack: Chips)
  case dealCommitted(number: Int, Commit, startsInMilliseconds: Int)
  case handStarted(HandStartedEvent)
  case move(MoveEvent)
  case handEnded(EndedHand)
  case handVoided(ID<Hand>, number: Int, reason: String)
  case roomClosed
  case trustee(Seat, isOn: Bool)
}

/// A hand has been dealt.
struct HandStartedEvent: Sendable {
  /// The hand.
  let play: Play
  /// Who begins.
  let turn: TurnEvent?
}

/// A move, by a seat or by the rules.
struct MoveEvent: Sendable {
  /// Its number in the hand.
  let number: Int
  /// Who decided it.
  let decider: Decider
  /// What happened.
  let event: LineEvent
  /// The client's reference, for its own eyes.
  let reference: CommandReference?
  /// What lies open after it; nil for an empty line.
  let ends: OpenEnds?
  /// How many tiles the seat holds after it.
  let tilesLeft: Int
  /// How many tiles lie in the boneyard after it.
  let boneyard: Int
  /// Who is to act after it; nil in the middle of a command, and at the end of a hand.
  let turn: TurnEvent?
}

/// Who is to act.
struct TurnEvent: Sendable {
  /// The hand and the number of the move.
  let turn: Turn
  /// The seat.
  let seat: Seat
  /// What is left of the turn's own time.
  let remainingMilliseconds: Int
  /// What is left of the seat's time bank.
  let timeBankMilliseconds: Int
  /// What the seat may do; for its own eyes.
  let legal: [LineMove]
  /// What lies open.
  let ends: OpenEnds?
}
