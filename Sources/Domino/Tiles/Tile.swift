/// One of the 28 tiles of a double-six set, numbered 0...27 in the order 0-0, 0-1, … 0-6, 1-1, … 6-6.
package struct Tile: Hashable, Sendable {
  /// The tile's number in the set, 0...27.
  package let id: UInt8

  /// How many tiles a double-six set has.
  package static let count = 28

  /// The tile with this number; nil past 27.
  package init?(id: UInt8) {
    guard id < Tile.count else { return nil }
    self.id = id
  }

  init(unchecked id: UInt8) { self.id = id }

  /// The tile with these two numbers, in either order; nil where one is above 6.
  package init?(_ first: UInt8, _ second: UInt8) {
    let (low, high) = (min(first, second), max(first, second))
    guard high <= 6 else { return nil }
    id = low &* 7 &- (low &* low &- low) / 2 &+ (high &- low)
  }

  /// The smaller of the two numbers.
  package var low: UInt8 { Tile.lowNumbers[Int(id)] }

  /// The larger of the two numbers.
  package var high: UInt8 { Tile.highNumbers[Int(id)] }

  /// The dots on both halves together, 0...12.
  package var pips: Int { Int(low &+ high) }

  /// Whether both halves show the same number.
  package var isDouble: Bool { low == high }

  /// Whether one of the halves shows the number.
  package func shows(_ number: UInt8) -> Bool { low == number || high == number }

  /// The number on the half that is not joined; the same one on a double.
  package func other(than number: UInt8) -> UInt8 { low == number ? high : low }

  private static let lowNumbers: [UInt8] = [
    0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 5, 5, 6,
  ]
  private static let highNumbers: [UInt8] = [
    0, 1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6, 2, 3, 4, 5, 6, 3, 4, 5, 6, 4, 5, 6, 5, 6, 6,
  ]
}

extension Tile: Comparable {
  /// The order of the set, by number.
  package static func < (left: Tile, right: Tile) -> Bool { left.id < right.id }
}
