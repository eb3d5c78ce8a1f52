package import Core
package import Domino
package import Fairness

/// All that everyone may know once a hand has been settled.
package struct EndedHand: Sendable {
  /// The hand.
  package let hand: ID<Hand>
  /// Its number at the table.
  package let number: Int
  /// How it ended.
  package let result: StoredResult
  /// What every seat won or lost, in rising order.
  package let nets: [Net]
  /// The deal, for anyone to verify.
  package let deal: DealRecord

  /// What a seat won or lost.
  package struct Net: Sendable, Hashable {
    /// The seat.
    package let seat: Seat
    /// After the rake.
    package let net: Chips
    /// What the house got of it.
    package let rake: Chips
    /// The chips afterwards.
    package let stack: Chips

    /// A result as it stands.
    package init(seat: Seat, net: Chips, rake: Chips, stack: Chips) {
      self.seat = seat
      self.net = net
      self.rake = rake
      self.stack = stack
    }
  }

  /// A hand as it ended.
  package init(
    hand: ID<Hand>, number: Int, result: StoredResult, nets: [Net], deal: DealRecord
  ) {
    self.hand = hand
    self.number = number
    self.result = result
    self.nets = nets
    self.deal = deal
  }
}

/// A hand's public result as `game_hands.result` keeps it (docs/formats.md).
package struct StoredResult: Codable, Sendable, Equatable {
  /// Who won.
  package let winner: Seat
  /// Why the hand ended.
  package let reason: LineResult.Reason
  /// The winner's last tile; nil where the hand ended blocked.
  package let lastTile: Tile?
  /// By how much the last tile raised the payments.
  package let multiplier: Int
  /// What every seat had left.
  package let left: [Remainder]
  /// Every payment in order, those of nothing included.
  package let payments: [StoredPayment]

  /// The tiles that a seat could not place.
  package struct Remainder: Codable, Sendable, Equatable {
    /// The seat.
    package let seat: Seat
    /// Its tiles.
    package let tiles: TileSet
    /// Their pips.
    package let pips: Int
  }

  /// A payment between seats or to the house.
  package struct StoredPayment: Codable, Sendable, Equatable {
    /// Who paid.
    package let from: Seat
    /// Who got it; nil for the house.
    package let to: Seat?
    /// What the rules asked for; nil in older results: all of it was paid.
    package let due: Chips?
    /// What was paid.
    package let amount: Chips
    /// What for.
    package let reason: Payment.Reason
  }

  private enum CodingKeys: String, CodingKey {
    case winner, reason, multiplier, left, payments
    case lastTile = "last_tile"
  }
}

extension StoredResult {
  /// The result of a hand that is over.
  package init(_ result: LineResult, line: Line) {
    winner = result.winner
    reason = result.reason
    lastTile = result.reason == .out ? line.placements.last?.tile : nil
    multiplier = result.multiplier
    left = result.left.map { Remainder(seat: $0.seat, tiles: $0.tiles, pips: $0.pips) }
    payments = result.settlement.payments.map {
      StoredPayment(from: $0.from, to: $0.to, due: $0.due, amount: $0.amount, reason: $0.reason)
    }
  }
}
