/// An end of the line.
package enum LineEnd: UInt8, Sendable, Hashable, CaseIterable {
  case left = 0
  case right = 1
}

/// The numbers that lie open at the two ends of the line.
package struct OpenEnds: Sendable, Hashable {
  /// The number at the left end.
  package var left: UInt8
  /// The number at the right end.
  package var right: UInt8

  /// Stands for a line without tiles.
  static let none = OpenEnds(left: 7, right: 7)

  /// Ends with these numbers.
  package init(left: UInt8, right: UInt8) {
    self.left = left
    self.right = right
  }

  /// The number at this end.
  package subscript(end: LineEnd) -> UInt8 {
    get { end == .left ? left : right }
    set { if end == .left { left = newValue } else { right = newValue } }
  }

  /// All tiles that fit one end or the other.
  package var fitting: TileSet { .showing(left) | .showing(right) }

  /// Whether the tile fits this end.
  package func fits(_ tile: Tile, _ end: LineEnd) -> Bool { tile.shows(self[end]) }
}
