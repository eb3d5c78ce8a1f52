import Testing

import Domino

@Suite("Tiles")
struct TileTests {
  @Test("are numbered 0-0, 0-1, … 0-6, 1-1, … 6-6")
  func order() {
    var id: UInt8 = 0
    for low in UInt8(0)...6 {
      for high in low...6 {
        let tile = Tile(id: id)
        #expect(tile == Tile(low, high))
        #expect(tile == Tile(high, low))
        #expect(tile?.low == low)
        #expect(tile?.high == high)
        #expect(tile.map { "\($0)" } == "\(low)-\(high)")
        id += 1
      }
    }
    #expect(Int(id) == Tile.count)
    #expect(Tile(id: 28) == nil)
  }

  @Test("a double-six set has 168 pips, 7 doubles and 7 tiles with each number")
  func set() {
    #expect(TileSet.all.count == 28)
    #expect(TileSet.all.pips == 168)
    #expect(TileSet.doubles == TileSet(TileSet.all.filter(\.isDouble)))
    for number in UInt8(0)...6 {
      #expect(TileSet.showing(number) == TileSet(TileSet.all.filter { $0.shows(number) }))
      #expect(TileSet.showing(number).count == 7)
    }
    #expect(TileSet.showing(7).isEmpty)
  }

  @Test(
    "text that is no tile is refused",
    arguments: ["", "7-0", "0-7", "0/1", "0-", "0-12", "a-b"]
  )
  func badText(text: String) {
    #expect(Tile(text) == nil)
  }
}

@Suite("Seats")
struct SeatTests {
  @Test("follow each other clockwise over empty chairs")
  func round() {
    let seated = SeatSet([1, 2, 5, 7])
    #expect(seated.clockwise(from: 5) == [5, 7, 1, 2])
    for seat in seated {
      #expect(seated.previous(before: seated.next(after: seat)) == seat)
    }
    #expect(seated.next(after: 7) == 1)
    #expect(seated.next(after: 2) == 5)
    #expect(seated.previous(before: 1) == 7)
    #expect(SeatSet([3]).next(after: 3) == 3)
  }
}
