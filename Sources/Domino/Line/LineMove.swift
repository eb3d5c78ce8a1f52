/// A move in a game with a line.
package enum LineMove: Sendable, Hashable {
  /// Add this tile at that end.
  case place(Tile, LineEnd)
  /// Nothing fits; made by the rules.
  case pass
  /// Take a tile from the boneyard; made by the rules. Which one it is stays hidden.
  case draw
}

extension LineMove: CodedMove {
  private enum Kind {
    static let place: UInt8 = 1
    static let pass: UInt8 = 2
    static let draw: UInt8 = 3
  }

  /// 01 tile end, 02 or 03 (docs/formats.md).
  package var bytes: [UInt8] {
    switch self {
    case .place(let tile, let end): [Kind.place, tile.id, end.rawValue]
    case .pass: [Kind.pass]
    case .draw: [Kind.draw]
    }
  }

  package init(bytes: some Collection<UInt8>) throws(MoveCodeError) {
    let bytes = Array(bytes)
    guard let kind = bytes.first else { throw .empty }
    switch kind {
    case Kind.place: self = try LineMove.placement(bytes)
    case Kind.pass: self = try LineMove.bare(.pass, bytes)
    case Kind.draw: self = try LineMove.bare(.draw, bytes)
    default: throw .unknownKind(kind)
    }
  }

  private static func bare(_ move: LineMove, _ bytes: [UInt8]) throws(MoveCodeError) -> LineMove {
    guard bytes.count == 1 else { throw .wrongLength(bytes.count, expected: 1) }
    return move
  }

  private static func placement(_ bytes: [UInt8]) throws(MoveCodeError) -> LineMove {
    guard bytes.count == 3 else { throw .wrongLength(bytes.count, expected: 3) }
    guard let tile = Tile(id: bytes[1]) else { throw .unknownTile(bytes[1]) }
    guard let end = LineEnd(rawValue: bytes[2]) else { throw .unknownEnd(bytes[2]) }
    return .place(tile, end)
  }
}

extension LineMove: CustomStringConvertible {
  /// The move as "2-5 L", "pass" or "draw".
  package var description: String {
    switch self {
    case .place(let tile, let end): "\(tile) \(end == .left ? "L" : "R")"
    case .pass: "pass"
    case .draw: "draw"
    }
  }
}
