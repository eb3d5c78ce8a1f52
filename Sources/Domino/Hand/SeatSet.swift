/// Some of a table's seats as bits.
package struct SeatSet: Hashable, Sendable {
  /// Bit n is seat n.
  package var bits: UInt8

  /// The set with these bits.
  package init(bits: UInt8 = 0) { self.bits = bits }

  /// The set of these seats.
  package init(_ seats: some Sequence<Seat>) {
    self.init()
    for seat in seats { bits |= 1 << seat.number }
  }

  /// How many seats are in it.
  package var count: Int { bits.nonzeroBitCount }

  /// Whether the seat is in it.
  package func contains(_ seat: Seat) -> Bool { bits >> seat.number & 1 == 1 }

  /// The next seat clockwise, round the table; the same one where it is alone.
  package func next(after seat: Seat) -> Seat {
    let above = bits & ~((2 << seat.number) &- 1)
    return Seat(unchecked: UInt8((above != 0 ? above : bits).trailingZeroBitCount))
  }

  /// The seat before this one, counted clockwise.
  package func previous(before seat: Seat) -> Seat {
    let below = bits & ((1 << seat.number) &- 1)
    return Seat(unchecked: UInt8(7 - (below != 0 ? below : bits).leadingZeroBitCount))
  }

  /// All seats of it in clockwise order, beginning with `first`, which must be one of them.
  package func clockwise(from first: Seat) -> [Seat] {
    precondition(contains(first), "the round must begin at a seat of the set")
    return sorted { rank($0, from: first) < rank($1, from: first) }
  }

  private func rank(_ seat: Seat, from first: Seat) -> Int {
    (Int(seat.number) - Int(first.number) + Seat.limit) % Seat.limit
  }
}

extension SeatSet: Sequence {
  /// Walks the seats in rising order.
  package struct Iterator: IteratorProtocol {
    var bits: UInt8

    package mutating func next() -> Seat? {
      guard bits != 0 else { return nil }
      defer { bits &= bits &- 1 }
      return Seat(unchecked: UInt8(truncatingIfNeeded: bits.trailingZeroBitCount))
    }
  }

  package func makeIterator() -> Iterator { Iterator(bits: bits) }

  package var underestimatedCount: Int { count }
}
