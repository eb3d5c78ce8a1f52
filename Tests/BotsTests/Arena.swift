import Core

import Bots
import Domino

/// Seeded hands of canonical Gaple between bots.
enum Arena {
  /// How often seat 0 wins against three others; every deal is played once from each chair.
  static func wins(_ style: Bot.Style, against others: Bot.Style, hands: Int, seed: UInt64) throws
    -> Double
  {
    var random = SeededRandom(seed: seed)
    var wins = 0
    for _ in 0..<hands / 4 {
      let deck = Array(TileSet.all).shuffled(using: &random)
      for chair in 0..<4 {
        let bots = (0..<4).map {
          Bot(style: $0 == chair ? style : others, seed: random.next())
        }
        if try play(deck, bots: bots).winner.number == UInt8(chair) { wins += 1 }
      }
    }
    return Double(wins) / Double(hands / 4 * 4)
  }

  static func start(_ deck: [Tile], seats: Int = 4) throws -> LineHand {
    let stacks = (0..<seats).compactMap { Seat($0) }.map { SeatStack(seat: $0, stack: 1000) }
    let setup = HandSetup(
      rules: LineRules.gaple(GapleRules()),
      baseBet: 10,
      seats: stacks,
      opening: .highestDouble
    )
    return try LineHand.deal(setup, deck: deck).hand
  }

  private static func play(_ deck: [Tile], bots: [Bot]) throws -> LineResult {
    var hand = try start(deck)
    while let turn = hand.turn {
      guard let move = bots[Int(turn.number)].move(in: hand.view(for: .seat(turn))) else { break }
      hand = try hand.after(move, by: turn).hand
    }
    guard let result = hand.result else { throw Unfinished() }
    return result
  }

  struct Unfinished: Error {}
}
