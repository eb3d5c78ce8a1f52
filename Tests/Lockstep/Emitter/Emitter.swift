import ArgumentParser
import Core
import Domino
import FoundationEssentials

/// `domino-lockstep GAME HANDS SEED`: plays seeded hands and prints each as a line of JSON.
@main
struct Emitter: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "domino-lockstep",
    abstract: "Plays seeded hands and prints each as a line of JSON."
  )

  @Argument(help: "gaple (four seats) or block (two seats)")
  var game: Game

  @Argument(help: "How many hands to play.")
  var hands: UInt32

  @Argument(help: "The seed of the first hand; each later one has the next.")
  var seed: UInt64

  mutating func run() throws {
    let encoder = JSONEncoder()
    for number in 0..<UInt64(hands) {
      var dice = Dice(state: seed &+ number)
      let deck = Array(TileSet.all).shuffled(using: &dice)
      let hand = try LineHand.deal(game.setup, deck: deck).hand
      let record = try Record(hand, game: game.rawValue, seed: seed &+ number, using: &dice)
      print(String(decoding: try encoder.encode(record), as: UTF8.self))
    }
  }
}

/// The games that an independent engine can follow.
enum Game: String, ExpressibleByArgument {
  /// Four seats; the holder of 6-6 opens with it.
  case gaple
  /// Two seats; seat 0 opens with any tile.
  case block

  var setup: HandSetup<LineRules> {
    switch self {
    case .gaple: setup(.gaple(GapleRules()), seats: 4, opening: .highestDouble)
    case .block: setup(.block(ScoreRules()), seats: 2, opening: .seat(0))
    }
  }

  private func setup(
    _ rules: LineRules,
    seats: Int,
    opening: Opening
  ) -> HandSetup<LineRules> {
    let stacks = (0..<seats).compactMap { Seat($0) }.map { SeatStack(seat: $0, stack: 1000) }
    return HandSetup(rules: rules, baseBet: 1, seats: stacks, opening: opening)
  }
}
