/// Who begins a hand.
package enum Opening: Hashable, Sendable {
  /// The holder of the highest double begins and must begin with it; where no double was dealt, the
  /// heaviest tile, then the one with the higher end.
  case highestDouble
  /// This seat begins with any tile: the previous winner, or one that was drawn.
  case seat(Seat)

  /// How the first hand at a table is opened, and who opens the later ones.
  package enum Rule: String, Codable, Sendable, CaseIterable {
    /// First hand: the highest double. Later hands: the previous winner with any tile.
    case highestDouble
    /// Every hand: a seat drawn from the fair stream after the deck.
    case randomSeat
  }

  /// The opening of a table's next hand.
  ///
  /// - Parameters:
  ///   - previousWinner: the seat of whoever won the table's last hand; nil once that player has
  ///     left it. Ignored where the seat does not play.
  ///   - drawn: the drawn place among the seats that play, 0..<count, as `Fairness` gives it.
  package static func next(
    by rule: Rule,
    seated: SeatSet,
    previousWinner: Seat?,
    drawn: Int
  ) -> Opening {
    switch rule {
    case .randomSeat: return .seat(Array(seated)[drawn])
    case .highestDouble:
      guard let previousWinner, seated.contains(previousWinner) else { return .highestDouble }
      return .seat(previousWinner)
    }
  }
}

extension Opening {
  /// The tile among the dealt ones with which `highestDouble` opens; nil where none was dealt.
  package static func compulsoryTile(among dealt: TileSet) -> Tile? {
    let doubles = dealt & .doubles
    return (doubles.isEmpty ? dealt : doubles)
      .max { ($0.pips, $0.high) < ($1.pips, $1.high) }
  }
}

extension Opening: Codable {
  /// The text for `highestDouble`, the seat's number for a seat.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let seat = try? container.decode(Seat.self) {
      self = .seat(seat)
    } else if try container.decode(String.self) == Rule.highestDouble.rawValue {
      self = .highestDouble
    } else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "an opening is \"highestDouble\" or a seat's number"
      )
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .highestDouble: try container.encode(Rule.highestDouble.rawValue)
    case .seat(let seat): try container.encode(seat)
    }
  }
}
