/// Some of the 28 tiles as bits: bit n is the tile with id n.
package struct TileSet: Hashable, Sendable {
  /// The bits, of which the lowest 28 are used.
  package var bits: UInt32

  /// The set with these bits.
  package init(bits: UInt32 = 0) { self.bits = bits }

  /// The set of these tiles.
  package init(_ tiles: some Sequence<Tile>) {
    self.init()
    for tile in tiles { insert(tile) }
  }

  /// All 28 tiles.
  package static let all = TileSet(bits: 0x0FFF_FFFF)

  /// The seven doubles.
  package static let doubles = TileSet(bits: 0x0A44_2081)

  /// The seven tiles that show the number; none for a number above 6.
  package static func showing(_ number: UInt8) -> TileSet {
    switch number {
    case 0: TileSet(bits: 0x0000_007F)
    case 1: TileSet(bits: 0x0000_1F82)
    case 2: TileSet(bits: 0x0003_E104)
    case 3: TileSet(bits: 0x003C_4208)
    case 4: TileSet(bits: 0x01C8_8410)
    case 5: TileSet(bits: 0x0691_0820)
    case 6: TileSet(bits: 0x0D22_1040)
    default: TileSet()
    }
  }

  /// How many tiles are in it.
  package var count: Int { bits.nonzeroBitCount }

  /// Whether it has no tile.
  package var isEmpty: Bool { bits == 0 }

  /// All pips of its tiles together.
  package var pips: Int { reduce(0) { $0 + $1.pips } }

  /// Whether the tile is in it.
  package func contains(_ tile: Tile) -> Bool { bits >> UInt32(tile.id) & 1 == 1 }

  /// Adds the tile.
  package mutating func insert(_ tile: Tile) { bits |= 1 << UInt32(tile.id) }

  /// Takes the tile out.
  package mutating func remove(_ tile: Tile) { bits &= ~(1 << UInt32(tile.id)) }

  /// The tiles in one or the other.
  package static func | (left: TileSet, right: TileSet) -> TileSet {
    TileSet(bits: left.bits | right.bits)
  }

  /// The tiles in both.
  package static func & (left: TileSet, right: TileSet) -> TileSet {
    TileSet(bits: left.bits & right.bits)
  }

  /// The tiles in the first that are not in the second.
  package static func - (left: TileSet, right: TileSet) -> TileSet {
    TileSet(bits: left.bits & ~right.bits)
  }
}

extension TileSet: Sequence {
  /// Walks the tiles in the order of their ids.
  package struct Iterator: IteratorProtocol {
    var bits: UInt32

    package mutating func next() -> Tile? {
      guard bits != 0 else { return nil }
      defer { bits &= bits &- 1 }
      return Tile(unchecked: UInt8(truncatingIfNeeded: bits.trailingZeroBitCount))
    }
  }

  package func makeIterator() -> Iterator { Iterator(bits: bits) }

  package var underestimatedCount: Int { count }
}

extension TileSet: CustomStringConvertible {
  /// The tiles as "0-1 2-5 6-6".
  package var description: String { map(\.description).joined(separator: " ") }
}

extension TileSet: Codable {
  package init(from decoder: any Decoder) throws {
    self.init(try [Tile](from: decoder))
  }

  package func encode(to encoder: any Encoder) throws {
    try Array(self).encode(to: encoder)
  }
}
