import Core

import Domino

/// Seeded hands of every game with every option.
enum RandomHand {
  static func setup(using random: inout TestRandom) -> HandSetup<LineRules> {
    let count = Int.random(in: 2...4, using: &random)
    let chairs = ([0, 1, 2, 3] as [Seat]).shuffled(using: &random).prefix(count)
    let stacks = [0, 3, 40, 5000] as [Chips]
    let seats = chairs.map {
      SeatStack(
        seat: $0,
        stack: stacks.randomElement(using: &random) ?? 0,
        score: Int.random(in: 0...90, using: &random)
      )
    }
    return HandSetup(
      rules: rules(using: &random),
      baseBet: Chips(rawValue: Int64.random(in: 1...50, using: &random)),
      seats: seats,
      opening: Bool.random(using: &random) ? .highestDouble : .seat(chairs[0])
    )
  }

  static func deck(using random: inout TestRandom) -> [Tile] {
    Array(TileSet.all).shuffled(using: &random)
  }

  private static func rules(using random: inout TestRandom) -> LineRules {
    let rake = Rake(
      basisPoints: [0, 250, 10_000].randomElement(using: &random) ?? 0,
      cap: [nil, 0, 25].randomElement(using: &random) ?? nil
    )
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return .block(score(rake, using: &random))
    case 1: return .draw(score(rake, using: &random))
    default:
      var options = GapleRules()
      options.opening = Opening.Rule.allCases.randomElement(using: &random)!
      options.passPayment = GapleRules.PassPayment.allCases.randomElement(using: &random)!
      options.payment = GapleRules.LossPayment.allCases.randomElement(using: &random)!
      options.rake = rake
      return .gaple(options)
    }
  }

  private static func score(_ rake: Rake, using random: inout TestRandom) -> ScoreRules {
    var options = ScoreRules()
    options.tilesEach = [nil, 5, 6, 7].randomElement(using: &random) ?? nil
    options.lessOwnPips = Bool.random(using: &random)
    options.targetScore = Int.random(in: 1...150, using: &random)
    options.undrawnTiles = Bool.random(using: &random) ? 2 : 0
    options.rake = rake
    return options
  }
}
