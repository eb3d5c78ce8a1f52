/// A game with a line and its options.
package enum LineRules: Sendable, Equatable {
  /// Gaple: for chips, every hand by itself.
  case gaple(GapleRules)
  /// Block: for points; a stuck seat passes.
  case block(ScoreRules)
  /// Draw: for points; a stuck seat draws.
  case draw(ScoreRules)
}

extension LineRules: GameRules {
  package static var rulesVersion: Int { 1 }

  package var seatCounts: ClosedRange<Int> {
    switch self {
    case .gaple: GapleRules.seatCounts
    case .block, .draw: ScoreRules.seatCounts
    }
  }

  package func validate() throws(SetupError) {
    switch self {
    case .gaple(let options): try options.rake.validate()
    case .block(let options), .draw(let options): try options.validate()
    }
  }

  /// How many tiles each seat gets.
  package func tilesEach(seats: Int) -> Int {
    switch self {
    case .gaple: GapleRules.tilesEach
    case .block(let options), .draw(let options): options.tilesEach(seats: seats)
    }
  }

  /// How many tiles of the boneyard may be drawn.
  func drawable(boneyard count: Int) -> Int {
    guard case .draw(let options) = self else { return 0 }
    return Swift.max(0, count - options.undrawnTiles)
  }

  var rake: Rake {
    switch self {
    case .gaple(let options): options.rake
    case .block(let options), .draw(let options): options.rake
    }
  }
}

extension LineRules: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable { case game, options }
  private enum Game: String, Codable { case gaple, block, draw }

  /// Reads `{"game": "gaple", "options": {…}}`; without options the game is canonical.
  package init(from decoder: any Decoder) throws {
    try decoder.refuseKeys(otherThan: CodingKeys.allCases.map(\.rawValue))
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let game = try container.decode(Game.self, forKey: .game)
    switch game {
    case .gaple: self = .gaple(try container.options(forKey: .options) ?? GapleRules())
    case .block: self = .block(try container.options(forKey: .options) ?? ScoreRules())
    case .draw: self = .draw(try container.options(forKey: .options) ?? ScoreRules())
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .gaple(let options):
      try container.encode(Game.gaple, forKey: .game)
      try container.encode(options, forKey: .options)
    case .block(let options):
      try container.encode(Game.block, forKey: .game)
      try container.encode(options, forKey: .options)
    case .draw(let options):
      try container.encode(Game.draw, forKey: .game)
      try container.encode(options, forKey: .options)
    }
  }
}

extension KeyedDecodingContainer {
  fileprivate func options<Options: Decodable>(forKey key: Key) throws -> Options? {
    try decodeIfPresent(Options.self, forKey: key)
  }
}
