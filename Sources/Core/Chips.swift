/// An amount of play money, in whole units. Arithmetic traps on overflow.
package struct Chips: RawRepresentable, Hashable, Sendable {
  /// Whole units; negative for what is owed or lost.
  package var rawValue: Int64

  /// Takes an amount as it is.
  package init(rawValue: Int64) {
    self.rawValue = rawValue
  }

  /// No chips.
  package static var zero: Chips { Chips(rawValue: 0) }
  /// The largest balance a wallet can have: 2^53 - 1, which JSON carries exactly.
  package static var balanceMax: Chips { Chips(rawValue: 9_007_199_254_740_991) }
  /// The largest amount that one transaction can move.
  package static var amountMax: Chips { Chips(rawValue: 1_000_000_000_000_000) }
}

extension Chips: AdditiveArithmetic, Comparable, ExpressibleByIntegerLiteral {
  /// A literal amount.
  package init(integerLiteral value: Int64) {
    self.init(rawValue: value)
  }

  /// The sum; traps on overflow.
  package static func + (left: Chips, right: Chips) -> Chips {
    Chips(rawValue: left.rawValue + right.rawValue)
  }

  /// The difference; traps on overflow.
  package static func - (left: Chips, right: Chips) -> Chips {
    Chips(rawValue: left.rawValue - right.rawValue)
  }

  /// By amount.
  package static func < (left: Chips, right: Chips) -> Bool { left.rawValue < right.rawValue }
}

extension Chips: CustomStringConvertible {
  /// The amount in decimal digits.
  package var description: String { String(rawValue) }
}
