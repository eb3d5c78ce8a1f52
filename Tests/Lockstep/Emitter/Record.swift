import Core
import Domino

/// One hand as a line of JSON for the driver (README.md beside this folder).
struct Record: Encodable {
  let game: String
  let seed: UInt64
  /// The tile that must open the hand; nil where the opener is free.
  let opens: String?
  let opener: UInt8
  let held: [[String]]
  var turns: [Turn] = []
  var reason = ""
  var winner: UInt8 = 0
  var pips: [Int] = []

  /// One decision, what could have been decided instead, and what followed by itself.
  struct Turn: Encodable {
    let seat: UInt8
    let legal: [String]
    let made: String
    let passes: [UInt8]
  }

  /// Plays the hand with random legal moves.
  init(_ hand: LineHand, game: String, seed: UInt64, using random: inout Dice) throws {
    self.game = game
    self.seed = seed
    opener = hand.turn?.number ?? 0
    held = hand.setup.seats.map { entry in
      hand.view(for: .seat(entry.seat)).held.map(\.description)
    }
    opens =
      hand.setup.opening == .highestDouble
      ? hand.turn.flatMap { hand.legalMoves(for: $0).first }.map { String("\($0)".prefix(3)) }
      : nil
    try play(hand, using: &random)
  }

  private mutating func play(_ start: LineHand, using random: inout Dice) throws {
    var hand = start
    while let turn = hand.turn, let move = hand.legalMoves(for: turn).randomElement(using: &random)
    {
      let legal = hand.legalMoves(for: turn)
      let step = try hand.after(move, by: turn)
      turns.append(
        Turn(
          seat: turn.number,
          legal: legal.map(\.description),
          made: move.description,
          passes: step.moves.dropFirst().map(\.seat.number)
        )
      )
      hand = step.hand
    }
    guard let result = hand.result else { return }
    reason = result.reason.rawValue
    winner = result.winner.number
    pips = result.left.map(\.pips)
  }
}

/// A seeded generator (SplitMix64).
struct Dice: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
