extension Chips {
  /// So many times the amount, as in three base bets; traps on overflow.
  package static func * (times: Int, amount: Chips) -> Chips {
    Chips(rawValue: Int64(times) * amount.rawValue)
  }
}

/// A bare number in JSON.
extension Chips: Codable {}
