package import Core

/// The house's share of a net win.
package struct Rake: Codable, Sendable, Hashable {
  /// Hundredths of a per cent, 0...10,000.
  package var basisPoints: Int
  /// At most this many chips a hand; nil for no cap.
  package var cap: Chips?

  /// No rake.
  package static let none = Rake(basisPoints: 0, cap: nil)

  /// What a share may be.
  package static let allowedBasisPoints = 0...10_000

  /// A share with a cap in chips.
  package init(basisPoints: Int, cap: Chips?) {
    self.basisPoints = basisPoints
    self.cap = cap
  }

  /// The share of this win, rounded down; nothing where nothing was won.
  package func share(of win: Chips) -> Chips {
    guard win > .zero else { return .zero }
    let whole = Int64(Rake.allowedBasisPoints.upperBound)
    let points = Int64(basisPoints)
    let share = win.rawValue / whole * points + win.rawValue % whole * points / whole
    return min(Chips(rawValue: share), cap ?? Chips(rawValue: share))
  }

  /// Throws where the share or the cap makes no sense.
  func validate() throws(SetupError) {
    guard Rake.allowedBasisPoints.contains(basisPoints) else {
      throw .optionOutOfRange(
        name: "rake.basisPoints",
        value: basisPoints,
        allowed: Rake.allowedBasisPoints
      )
    }
    if let cap, cap < .zero {
      throw .optionOutOfRange(name: "rake.cap", value: Int(cap.rawValue), allowed: 0...Int.max)
    }
  }
}
