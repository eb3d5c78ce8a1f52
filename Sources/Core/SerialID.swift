/// A number that the database gave out: `SerialID<Wallet>` is no `SerialID<Room>`.
package struct SerialID<Subject>: RawRepresentable, Hashable, Comparable, Sendable {
  /// The number.
  package var rawValue: Int64

  /// Takes a number as it is.
  package init(rawValue: Int64) {
    self.rawValue = rawValue
  }

  /// By the number.
  package static func < (left: SerialID, right: SerialID) -> Bool {
    left.rawValue < right.rawValue
  }
}

extension SerialID: CustomStringConvertible {
  /// The number in decimal digits.
  package var description: String { String(rawValue) }
}
