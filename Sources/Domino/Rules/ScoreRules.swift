/// The options of Block and Draw: a match of several hands, played for points.
package struct ScoreRules: Sendable, Equatable {
  /// Tiles each; nil for seven with two seats and five with more.
  package var tilesEach: Int?
  /// Whether the winner's own pips are taken from what it scores (in a blocked hand it has some).
  package var lessOwnPips = false
  /// The score that ends the match; the losers then pay the winner one base bet each.
  package var targetScore = 100
  /// How many tiles at the end of the boneyard nobody may draw, 0 or 2. Only Draw asks.
  package var undrawnTiles = 0
  /// The house's share of the net win.
  package var rake = Rake.none

  /// How many can play.
  package static let seatCounts = 2...4
  private static let allowedTilesEach = 5...7
  private static let allowedTargets = 1...10_000

  /// The canonical game.
  package init() {}

  /// How many tiles each seat gets.
  package func tilesEach(seats: Int) -> Int { tilesEach ?? (seats == 2 ? 7 : 5) }

  func validate() throws(SetupError) {
    if let tilesEach, !ScoreRules.allowedTilesEach.contains(tilesEach) {
      throw .optionOutOfRange(
        name: "tilesEach",
        value: tilesEach,
        allowed: ScoreRules.allowedTilesEach
      )
    }
    guard ScoreRules.allowedTargets.contains(targetScore) else {
      throw .optionOutOfRange(
        name: "targetScore",
        value: targetScore,
        allowed: ScoreRules.allowedTargets
      )
    }
    guard undrawnTiles == 0 || undrawnTiles == 2 else {
      throw .optionOutOfRange(name: "undrawnTiles", value: undrawnTiles, allowed: 0...2)
    }
    try rake.validate()
  }
}

extension ScoreRules: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case tilesEach, lessOwnPips, targetScore, undrawnTiles, rake
  }

  /// Options that are left out are canonical; a name that is no option is refused.
  package init(from decoder: any Decoder) throws {
    try decoder.refuseKeys(otherThan: CodingKeys.allCases.map(\.rawValue))
    let options = try decoder.container(keyedBy: CodingKeys.self)
    tilesEach = try options.decodeIfPresent(Int.self, forKey: .tilesEach)
    lessOwnPips = try options.decodeIfPresent(Bool.self, forKey: .lessOwnPips) ?? lessOwnPips
    targetScore = try options.decodeIfPresent(Int.self, forKey: .targetScore) ?? targetScore
    undrawnTiles = try options.decodeIfPresent(Int.self, forKey: .undrawnTiles) ?? undrawnTiles
    rake = try options.decodeIfPresent(Rake.self, forKey: .rake) ?? rake
  }
}
