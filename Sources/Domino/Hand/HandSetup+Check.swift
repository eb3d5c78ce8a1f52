package import Core

/// Why a hand cannot start.
package enum SetupError: Error, Hashable, Sendable {
  /// This program does not know the version of the rules.
  case unknownRulesVersion(Int)
  /// Too few or too many seats for the game.
  case seatCount(Int, allowed: ClosedRange<Int>)
  /// The seat is listed twice.
  case seatTwice(Seat)
  /// The seats are not in rising order.
  case seatsOutOfOrder
  /// The game has no such seat.
  case noSuchSeat(Seat)
  /// The opener does not play in this hand.
  case openerNotSeated(Seat)
  /// A stack below zero or above `SeatStack.largest`.
  case stackOutOfRange(Seat, Chips)
  /// A bet below one chip or above `SeatStack.largest`.
  case baseBetOutOfRange(Chips)
  /// The deck is not the 28 tiles, each once.
  case notADeck
  /// An option with a value that makes no sense.
  case optionOutOfRange(name: String, value: Int, allowed: ClosedRange<Int>)
  /// The options ask for more tiles than there are.
  case tooFewTiles(seats: Int, tilesEach: Int)
}

extension HandSetup {
  /// Throws the first thing that keeps the hand from starting.
  func check(deck: [Tile], seatLimit: Int) throws(SetupError) {
    guard rulesVersion == Rules.rulesVersion else { throw .unknownRulesVersion(rulesVersion) }
    try rules.validate()
    try checkSeats(limit: seatLimit)
    guard baseBet > .zero, baseBet <= SeatStack.largest else { throw .baseBetOutOfRange(baseBet) }
    guard deck.count == Tile.count, TileSet(deck) == .all else { throw .notADeck }
    if case .seat(let opener) = opening, !seated.contains(opener) {
      throw .openerNotSeated(opener)
    }
  }

  private func checkSeats(limit: Int) throws(SetupError) {
    guard rules.seatCounts.contains(seats.count) else {
      throw .seatCount(seats.count, allowed: rules.seatCounts)
    }
    var previous: Seat?
    for entry in seats {
      guard entry.seat.number < limit else { throw .noSuchSeat(entry.seat) }
      guard entry.seat != previous else { throw .seatTwice(entry.seat) }
      if let previous, entry.seat < previous { throw .seatsOutOfOrder }
      previous = entry.seat
      guard entry.stack >= .zero, entry.stack <= SeatStack.largest else {
        throw .stackOutOfRange(entry.seat, entry.stack)
      }
    }
  }
}
