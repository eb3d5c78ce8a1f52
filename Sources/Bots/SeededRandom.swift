/// A small generator whose numbers follow from its seed (SplitMix64 by Steele, Lea and Flood).
package struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The numbers of this seed.
  package init(seed: UInt64) { state = seed }

  /// The numbers of one turn: the same seed and the same number of moves give the same ones again.
  package init(seed: UInt64, turn: Int) {
    var first = SeededRandom(seed: seed)
    self.init(seed: first.next() ^ UInt64(truncatingIfNeeded: turn) &* 0xD134_2543_DE82_EF95)
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number of 0..<count for small counts; the bias is below one in 2^32 / count.
  package mutating func number(below count: Int) -> Int {
    Int(((next() >> 32) &* UInt64(count)) >> 32)
  }
}
