package import Core

/// What is frozen when a hand starts. With the deck and the journal it gives the whole hand again.
package struct HandSetup<Rules: GameRules>: Codable, Sendable, Equatable {
  /// The version of the rules that the hand is played by.
  package let rulesVersion: Int
  /// The room's options.
  package let rules: Rules
  /// The room's stake in chips.
  package let baseBet: Chips
  /// Who plays, in rising order of seats.
  package let seats: [SeatStack]
  /// Who begins.
  package let opening: Opening

  /// A hand of the current rules with these seats, given in any order.
  package init(
    rulesVersion: Int = Rules.rulesVersion,
    rules: Rules,
    baseBet: Chips,
    seats: [SeatStack],
    opening: Opening
  ) {
    self.rulesVersion = rulesVersion
    self.rules = rules
    self.baseBet = baseBet
    self.seats = seats.sorted { $0.seat < $1.seat }
    self.opening = opening
  }

  /// The seats that play.
  package var seated: SeatSet { SeatSet(seats.map(\.seat)) }
}

/// A seat with the chips in front of it.
package struct SeatStack: Sendable, Hashable {
  /// The seat.
  package let seat: Seat
  /// Its chips on the table.
  package var stack: Chips
  /// Its points in the match, where the game has matches.
  package var score: Int

  /// The largest stack and the largest bet that a hand takes: their products stay within 64 bits.
  package static let largest = Chips.amountMax

  /// A seat with its chips and, within a match, its points.
  package init(seat: Seat, stack: Chips, score: Int = 0) {
    self.seat = seat
    self.stack = stack
    self.score = score
  }
}

extension SeatStack: Codable {
  /// Reads `{"seat": 0, "stack": 8000}`; the score is 0 where it is left out.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    seat = try values.decode(Seat.self, forKey: .seat)
    stack = try values.decode(Chips.self, forKey: .stack)
    score = try values.decodeIfPresent(Int.self, forKey: .score) ?? 0
  }

  private enum CodingKeys: String, CodingKey { case seat, stack, score }
}
