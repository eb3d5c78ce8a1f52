/// The options of Gaple. The canonical rule is the default of each.
package struct GapleRules: Sendable, Equatable {
  /// Who begins.
  package var opening = Opening.Rule.highestDouble
  /// Who gets the base bet of a stuck seat.
  package var passPayment = PassPayment.lastPlacer
  /// What each loser pays.
  package var payment = LossPayment.flat
  /// The house's share of the net win.
  package var rake = Rake.none

  /// Everyone plays with seven tiles.
  package static let tilesEach = 7
  /// How many can play.
  package static let seatCounts = 2...4

  /// The canonical game.
  package init() {}

  /// Who gets the base bet of a stuck seat.
  package enum PassPayment: String, Codable, Sendable, CaseIterable {
    /// The seat that placed the last tile.
    case lastPlacer
    /// The seat before the stuck one.
    case previousSeat
    /// Nobody: a pass is free.
    case none
  }

  /// What each loser pays.
  package enum LossPayment: String, Codable, Sendable, CaseIterable {
    /// Base bet × multiplier.
    case flat
    /// Base bet × multiplier × pips left.
    case pips
    /// Base bet × multiplier × tiles left.
    case tiles
  }
}

extension GapleRules: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case opening, passPayment, payment, rake
  }

  /// Options that are left out are canonical; a name that is no option is refused.
  package init(from decoder: any Decoder) throws {
    try decoder.refuseKeys(otherThan: CodingKeys.allCases.map(\.rawValue))
    let options = try decoder.container(keyedBy: CodingKeys.self)
    opening = try options.decodeIfPresent(Opening.Rule.self, forKey: .opening) ?? opening
    passPayment =
      try options.decodeIfPresent(PassPayment.self, forKey: .passPayment) ?? passPayment
    payment = try options.decodeIfPresent(LossPayment.self, forKey: .payment) ?? payment
    rake = try options.decodeIfPresent(Rake.self, forKey: .rake) ?? rake
  }
}
