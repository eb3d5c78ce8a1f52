import Testing

import Domino

@Suite("The line")
struct LineTests {
  @Test(
    "is drawn from left to right",
    arguments: [
      ([], "[]"),
      (["6-6 L"], "[6|6]"),
      (["2-5 L"], "[2|5]"),
      (["6-6 L", "0-6 L"], "[0|6][6|6]"),
      (["6-6 L", "0-6 L", "5-6 R"], "[0|6][6|6][6|5]"),
      (["2-5 L", "2-2 L", "2-6 L", "5-5 R", "0-5 R"], "[6|2][2|2][2|5][5|5][5|0]"),
    ]
  )
  func drawing(moves: [String], drawn: String) throws {
    var line = Line()
    for text in moves {
      guard case .place(let tile, let end) = try move(text) else { continue }
      line.add(Placement(seat: 0, tile: tile, end: end))
    }
    #expect(line.description == drawn)
    #expect(try line.ends == ends(drawn))
  }

  @Test(
    "takes what fits an end, and once where both ends are the same",
    arguments: [
      ("[]", "0-1 6-6", "0-1 L, 6-6 L"),
      ("[6|6]", "0-1 2-6 6-5", "2-6 L, 5-6 L"),
      ("[1|3][3|6]", "0-1 1-6 2-2 6-6", "0-1 L, 1-6 L, 1-6 R, 6-6 R"),
      ("[4|0][0|4]", "0-0 4-4 4-5", "4-4 L, 4-5 L"),
      ("[5|5][5|2]", "0-0 1-1 3-4", ""),
    ]
  )
  func fitting(drawn: String, held: String, legal: String) throws {
    var position = LinePosition(seated: SeatSet([0, 1]), turn: 0, ends: try ends(drawn))
    position[0] = TileSet(try tiles(held))
    var found: [String] = []
    for tile in position.playable(by: 0) {
      let places = position.places(for: tile)
      if places.left { found.append("\(tile) L") }
      if places.right { found.append("\(tile) R") }
    }
    #expect(found.joined(separator: ", ") == legal)
  }

  @Test(
    "a blocked hand goes to the lowest by pips, tiles, lightest tile, its lower end, then the round",
    arguments: [
      (["0-1", "0-2", "0-3"], 0, 0),
      (["1-2", "0-1 0-2", "6-6"], 0, 0),
      (["0-1 0-2", "1-2", "6-6"], 0, 1),
      (["0-3 1-4", "2-2 0-4", "6-6"], 0, 0),
      (["1-3 1-5", "0-4 0-6", "6-6"], 0, 1),
      (["1-1 2-4", "0-2 1-5", "6-6"], 2, 1),
      (["6-6", "5-5", "4-4"], 1, 2),
    ]
  )
  func blocked(held: [String], opener: UInt8, winner: UInt8) throws {
    var position = LinePosition(seated: SeatSet([0, 1, 2]), turn: 0)
    for (place, text) in held.enumerated() {
      position[Seat(integerLiteral: UInt8(place))] = TileSet(try tiles(text))
    }
    #expect(
      BlockedWinner.of(position, opener: Seat(integerLiteral: opener))
        == Seat(integerLiteral: winner)
    )
  }

  @Test("seats that are equal in everything are told apart by the round from the opener")
  func lastTie() {
    let position = LinePosition(seated: SeatSet([0, 1, 3]), turn: 0)
    #expect(BlockedWinner.of(position, opener: 1) == 1)
    #expect(BlockedWinner.of(position, opener: 3) == 3)
  }

  @Test(
    "the last tile multiplies by 2 or 3 where it fitted one end, by 4 or 5 where both",
    arguments: [
      ("[1|3][3|6]", "0-1", 2), ("[1|3][3|6]", "6-6", 3), ("[1|3][3|6]", "1-6", 4),
      ("[4|0][0|4]", "4-4", 5), ("[4|0][0|4]", "4-5", 4),
    ]
  )
  func multiplier(drawn: String, tile: String, expected: Int) throws {
    let open = try #require(try ends(drawn))
    #expect(Multiplier.of(try tiles(tile)[0], on: open) == expected)
  }
}
