/// One hand of any domino game as a pure value: from the deal to the settlement.
///
/// A room keeps the committed hand and asks it what a move would lead to; the next hand is a value
/// of its own, so that a proposal lies beside the committed state until it is durable.
package protocol PlayableHand: Sendable, Equatable {
  /// The options of the game.
  associatedtype Rules: GameRules
  /// What a seat decides, or what the rules do for it.
  associatedtype Move: CodedMove
  /// What everyone at the table is told, each in the version for its eyes.
  associatedtype Event: HandEvent where Event.Move == Move
  /// What one viewer may know of the hand.
  associatedtype View: Sendable, Equatable

  /// What was frozen when the hand started.
  var setup: HandSetup<Rules> { get }

  /// Everything that happened, in order and with nothing hidden; only for the server itself.
  var history: [Event] { get }

  /// The seats that must decide now: one where seats take turns, several where they decide at the
  /// same time (arranging in QiuQiu), none once the hand has ended.
  var deciding: SeatSet { get }

  /// Every seat's chips now, with what was paid during the hand.
  var stacks: [SeatStack] { get }

  /// What the hand paid; nil until it has ended.
  var settlement: Settlement? { get }

  /// Deals the tiles; the step holds what happens before the first decision.
  static func deal(_ setup: HandSetup<Rules>, deck: [Tile]) throws(SetupError) -> Step<Self>

  /// All that the seat may decide now, in a fixed order; empty while it is not its turn.
  func legalMoves(for seat: Seat) -> [Move]

  /// The hand after the seat's decision and all that the rules do by themselves after it.
  func after(_ move: Move, by seat: Seat) throws(RuleViolation) -> Step<Self>

  /// What is done for the seat when its time is up; nil while it is not its turn.
  func timeoutMove(for seat: Seat) -> Move?

  /// What the viewer may know, now and of the past.
  func view(for viewer: Viewer) -> View
}

extension PlayableHand {
  /// Whether the hand is over.
  package var hasEnded: Bool { settlement != nil }

  /// How many moves, forced ones included, have been made; the number of the next one is one more.
  package var moveCount: Int { history.reduce(0) { $0 + ($1.move == nil ? 0 : 1) } }
}

/// The options of a game: plain data that a room stores and freezes with each hand.
package protocol GameRules: Codable, Sendable, Equatable {
  /// The version of the rules that this program plays; frozen with every hand.
  static var rulesVersion: Int { get }

  /// How many can play.
  var seatCounts: ClosedRange<Int> { get }

  /// Throws the first option that makes no sense.
  func validate() throws(SetupError)
}

/// A move that the journal can keep as bytes (docs/formats.md).
package protocol CodedMove: Sendable, Hashable {
  /// The move's bytes.
  var bytes: [UInt8] { get }

  /// Reads a move's bytes.
  init(bytes: some Collection<UInt8>) throws(MoveCodeError)
}

/// Something that happened in a hand.
package protocol HandEvent: Sendable, Equatable {
  /// The moves of the game.
  associatedtype Move: CodedMove

  /// The move that the journal keeps for it; nil where nobody moved (the end of the hand).
  var move: RecordedMove<Move>? { get }

  /// The event as the viewer may see it.
  func seen(by viewer: Viewer) -> Self
}

/// What a decision leads to.
package struct Step<Hand: PlayableHand>: Sendable, Equatable {
  /// The hand afterwards.
  package let hand: Hand
  /// All that happened, in order: the move, forced passes and draws, the end of the hand.
  package let events: [Hand.Event]

  /// What the journal keeps of it.
  package var moves: [RecordedMove<Hand.Move>] { events.compactMap { $0.move } }
}

/// A move as the journal keeps it: who and what, never a hidden tile.
package struct RecordedMove<Move: CodedMove>: Sendable, Hashable {
  /// Whose move it is.
  package let seat: Seat
  /// What was done.
  package let move: Move

  /// This move by this seat.
  package init(seat: Seat, move: Move) {
    self.seat = seat
    self.move = move
  }
}
