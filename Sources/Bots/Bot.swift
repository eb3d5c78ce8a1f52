package import Domino

/// A player of games with a line that sees only what its seat sees.
///
/// Its move follows from the view and its seed alone, so that it is the same again after a restart.
package struct Bot: Sendable, Hashable {
  /// How it plays.
  package let style: Style
  /// How many deals a thinker imagines for a move; more is stronger and slower.
  package let strength: Int
  /// Where its dice come from; frozen with the hand.
  package let seed: UInt64

  /// How a bot plays.
  package enum Style: String, Codable, Sendable, CaseIterable {
    /// Any legal move.
    case random
    /// The tile with the most pips.
    case heaviest
    /// The move that wins most of the deals that it can imagine.
    case thinker
  }

  /// What a strength may be.
  package static let strengths = 1...1000
  /// Wins 44 % of hands of Gaple against three random players, at about 0.2 ms a move.
  package static let usualStrength = 100

  /// A bot of this style; a strength out of range is brought into it.
  package init(style: Style, strength: Int = usualStrength, seed: UInt64) {
    self.style = style
    self.strength = min(max(strength, Bot.strengths.lowerBound), Bot.strengths.upperBound)
    self.seed = seed
  }

  /// The bot's move; nil while its seat has nothing to decide.
  package func move(in view: LineView) -> LineMove? {
    let moves = view.legalMoves
    guard moves.count > 1 else { return moves.first }
    var random = SeededRandom(seed: seed, turn: view.moveCount)
    switch style {
    case .random: return moves[random.number(below: moves.count)]
    case .heaviest: return Bot.heaviest(of: moves, using: &random)
    case .thinker: return Thinker(view, deals: strength)?.bestMove(using: &random) ?? moves[0]
    }
  }

  private static func heaviest(
    of moves: [LineMove],
    using random: inout SeededRandom
  ) -> LineMove? {
    let most = moves.map(pips).max()
    let best = moves.filter { pips($0) == most }
    return best[random.number(below: best.count)]
  }

  private static func pips(_ move: LineMove) -> Int {
    if case .place(let tile, _) = move { return tile.pips }
    return 0
  }
}

extension Bot: Codable {
  private enum CodingKeys: String, CodingKey { case style, strength, seed }

  /// Reads `{"style": "thinker", "strength": 100, "seed": 7}`; the strength may be left out.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      style: try values.decode(Style.self, forKey: .style),
      strength: try values.decodeIfPresent(Int.self, forKey: .strength) ?? Bot.usualStrength,
      seed: try values.decode(UInt64.self, forKey: .seed)
    )
  }
}
