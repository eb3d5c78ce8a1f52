/// The line of tiles on the table.
package struct Line: Sendable, Equatable {
  /// The tiles in the order in which they were placed.
  package private(set) var placements: [Placement] = []
  /// The open ends; nil before the first tile.
  package private(set) var ends: OpenEnds?

  /// A line without tiles.
  package init() {}

  /// Adds a tile that fits.
  package mutating func add(_ placement: Placement) {
    let tile = placement.tile
    if var open = ends {
      precondition(open.fits(tile, placement.end), "the rules let a tile through that does not fit")
      open[placement.end] = tile.other(than: open[placement.end])
      ends = open
    } else {
      ends = OpenEnds(left: tile.low, right: tile.high)
    }
    placements.append(placement)
  }

  /// The tiles from left to right, each with its number on the left and on the right.
  package var drawn: [(left: UInt8, right: UInt8)] {
    var before: [(left: UInt8, right: UInt8)] = []
    var after: [(left: UInt8, right: UInt8)] = []
    for placement in placements {
      let tile = placement.tile
      if after.isEmpty {
        after = [(tile.low, tile.high)]
      } else if placement.end == .right {
        let joint = after[after.count - 1].right
        after.append((joint, tile.other(than: joint)))
      } else {
        let joint = before.last?.left ?? after[0].left
        before.append((tile.other(than: joint), joint))
      }
    }
    return before.reversed() + after
  }
}

extension Line: CustomStringConvertible {
  /// The line as it lies, "[0|6][6|6][6|5]"; "[]" before the first tile.
  package var description: String {
    placements.isEmpty ? "[]" : drawn.map { "[\($0.left)|\($0.right)]" }.joined()
  }
}
