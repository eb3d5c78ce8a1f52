import Testing

import Domino

@Suite("Move bytes")
struct MoveCodeTests {
  @Test("every move comes back from its bytes")
  func roundTrip() throws {
    var moves: [LineMove] = [.pass, .draw]
    for tile in TileSet.all { moves += [.place(tile, .left), .place(tile, .right)] }
    for move in moves { #expect(try LineMove(bytes: move.bytes) == move) }
    #expect(Set(moves.map(\.bytes)).count == moves.count)
  }

  @Test("are those of docs/formats.md")
  func documented() throws {
    #expect(try move("6-6 L").bytes == [0x01, 27, 0x00])
    #expect(try move("0-1 R").bytes == [0x01, 1, 0x01])
    #expect(LineMove.pass.bytes == [0x02])
    #expect(LineMove.draw.bytes == [0x03])
  }

  @Test(
    "bytes that are no move are refused with the reason",
    arguments: [
      ([], MoveCodeError.empty),
      ([0], .unknownKind(0)),
      ([4], .unknownKind(4)),
      ([1, 5], .wrongLength(2, expected: 3)),
      ([1, 5, 0, 0], .wrongLength(4, expected: 3)),
      ([1, 28, 0], .unknownTile(28)),
      ([1, 5, 2], .unknownEnd(2)),
      ([2, 0], .wrongLength(2, expected: 1)),
      ([3, 9], .wrongLength(2, expected: 1)),
    ] as [([UInt8], MoveCodeError)]
  )
  func refused(bytes: [UInt8], reason: MoveCodeError) {
    #expect(throws: reason) { try LineMove(bytes: bytes) }
  }
}
