package import Core

/// Chips that pass from a seat to another or to the house.
package struct Payment: Codable, Sendable, Hashable {
  /// Who pays.
  package let from: Seat
  /// Who gets it; nil for the house.
  package let to: Seat?
  /// What the rules ask for.
  package let due: Chips
  /// What is paid: never more than the payer had on the table.
  package let amount: Chips
  /// What it is for.
  package let reason: Reason

  /// What a payment is for.
  package enum Reason: String, Codable, Sendable {
    /// A stuck seat pays for its pass.
    case pass
    /// A loser pays the winner of the hand.
    case hand
    /// A loser pays the winner of the match.
    case match
    /// The winner pays the house.
    case rake
  }

  /// A payment as it stands.
  package init(from: Seat, to: Seat?, due: Chips, amount: Chips, reason: Reason) {
    self.from = from
    self.to = to
    self.due = due
    self.amount = amount
    self.reason = reason
  }
}

/// What a hand paid, ready for the ledger.
package struct Settlement: Codable, Sendable, Equatable {
  /// Every payment in the order in which it was made; no seat goes below zero on the way.
  package let payments: [Payment]
  /// The chips and points of every seat before the hand.
  package let before: [SeatStack]
  /// The chips and points of every seat after it.
  package let after: [SeatStack]
  /// What the house got.
  package let rake: Chips

  /// The payments that move chips: those to post.
  package var transfers: [Payment] { payments.filter { $0.amount > .zero } }

  /// What the seat won or lost over the hand.
  package func net(of seat: Seat) -> Chips {
    chips(of: seat, in: after) - chips(of: seat, in: before)
  }

  private func chips(of seat: Seat, in stacks: [SeatStack]) -> Chips {
    stacks.first { $0.seat == seat }?.stack ?? .zero
  }
}
