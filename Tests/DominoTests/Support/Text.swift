import Core
import Testing

import Domino

/// The tiles of a text like "0-1 2-5".
func tiles(_ text: String) throws -> [Tile] {
  try text.split(separator: " ").map { try #require(Tile(String($0)), "'\($0)' is no tile") }
}

/// The ends of a line drawn as "[0|6][6|6][6|5]"; nil for "[]".
func ends(_ drawn: String) throws -> OpenEnds? {
  let numbers = drawn.compactMap(\.wholeNumberValue)
  guard let left = numbers.first, let right = numbers.last else { return nil }
  for joint in stride(from: 1, to: numbers.count - 1, by: 2) {
    try #require(numbers[joint] == numbers[joint + 1], "\(drawn) is broken")
  }
  return OpenEnds(left: UInt8(left), right: UInt8(right))
}

/// The move of a text like "2-5 L".
func move(_ text: String) throws -> LineMove {
  let words = text.split(separator: " ")
  if text == "pass" { return .pass }
  if text == "draw" { return .draw }
  try #require(words.count == 2, "'\(text)' is no move")
  let tile = try #require(Tile(String(words[0])))
  return .place(tile, words[1] == "L" ? .left : .right)
}

/// The deck that deals these tiles to the seats in order; what is not named follows by number.
func deck(_ held: [String], boneyard: String = "") throws -> [Tile] {
  let named = try held.flatMap(tiles) + tiles(boneyard)
  return named + Array(TileSet.all - TileSet(named))
}

extension HandSetup<LineRules> {
  /// A setup with as many chips in front of each of the seats 0, 1, ….
  static func plain(
    _ rules: LineRules,
    seats: Int,
    stack: Chips = 1000,
    baseBet: Chips = 10,
    opening: Opening = .highestDouble
  ) -> HandSetup {
    let stacks = (0..<seats).compactMap { Seat($0) }.map { SeatStack(seat: $0, stack: stack) }
    return HandSetup(rules: rules, baseBet: baseBet, seats: stacks, opening: opening)
  }
}

extension LineHand {
  /// Plays a script of "seat tile end" lines, forced passes left out.
  func playing(_ script: [String]) throws -> LineHand {
    try script.reduce(self) { hand, line in
      let words = line.split(separator: " ", maxSplits: 1)
      let seat = try #require(Int(words[0]).flatMap { Seat($0) })
      return try hand.after(move(String(words[1])), by: seat).hand
    }
  }

  /// Plays to the end, always the first legal move.
  func playingOn() throws -> LineHand {
    var hand = self
    while let turn = hand.turn {
      let move = try #require(hand.timeoutMove(for: turn))
      hand = try hand.after(move, by: turn).hand
    }
    return hand
  }
}
