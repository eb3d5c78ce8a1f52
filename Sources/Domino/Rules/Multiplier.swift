/// What the winner's last tile does to the payments of Gaple.
package enum Multiplier {
  /// What a hand pays that ends blocked.
  package static let blocked = 1

  /// 2 for a single that fitted one end, 3 for a double; 4 for a single that fitted both ends, 5 for
  /// a double that did. Where both ends show the same number, what fits one fits both.
  package static func of(_ tile: Tile, on ends: OpenEnds) -> Int {
    let fitsBoth = ends.fits(tile, .left) && ends.fits(tile, .right)
    return (tile.isDouble ? 3 : 2) + (fitsBoth ? 2 : 0)
  }
}
