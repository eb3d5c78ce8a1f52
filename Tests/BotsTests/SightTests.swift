import Foundation
import Testing

import Bots
import Domino

@Suite("What a bot sees and does")
struct SightTests {
  @Test("a bot's move is legal and the same again, in every style, to the end of the hand")
  func legal() throws {
    var random = SeededRandom(seed: 3)
    for seats in 2...4 {
      for round in 0..<20 {
        var hand = try Arena.start(Array(TileSet.all).shuffled(using: &random), seats: seats)
        while let turn = hand.turn {
          let style = Bot.Style.allCases[round % 3]
          let bot = Bot(style: style, strength: 5, seed: random.next())
          let view = hand.view(for: .seat(turn))
          let move = try #require(bot.move(in: view))
          #expect(view.legalMoves.contains(move))
          #expect(bot.move(in: view) == move)
          hand = try hand.after(move, by: turn).hand
        }
        #expect(Bot(style: .thinker, seed: 1).move(in: hand.view(for: .seat(0))) == nil)
      }
    }
  }

  @Test("bots play Block and Draw, too", arguments: [false, true])
  func otherGames(draws: Bool) throws {
    var random = SeededRandom(seed: 8)
    for seats in 2...4 {
      let stacks = (0..<seats).compactMap { Seat($0) }.map { SeatStack(seat: $0, stack: 0) }
      let setup = HandSetup(
        rules: draws ? LineRules.draw(ScoreRules()) : .block(ScoreRules()),
        baseBet: 1,
        seats: stacks,
        opening: .highestDouble
      )
      var hand = try LineHand.deal(
        setup,
        deck: Array(TileSet.all).shuffled(using: &random)
      ).hand
      while let turn = hand.turn {
        let bot = Bot(style: .thinker, strength: 5, seed: 1)
        let move = try #require(bot.move(in: hand.view(for: .seat(turn))))
        hand = try hand.after(move, by: turn).hand
      }
    }
  }

  @Test("permuting the tiles that a bot does not see does not change its move")
  func hiddenTiles() throws {
    var random = SeededRandom(seed: 77)
    var compared = 0
    for _ in 0..<120 {
      let deck = Array(TileSet.all).shuffled(using: &random)
      var (hand, journal) = (try Arena.start(deck), [RecordedMove<LineMove>]())
      let length = random.number(below: 16) + 1
      while let turn = hand.turn, journal.count < length {
        let moves = hand.legalMoves(for: turn)
        let step = try hand.after(moves[random.number(below: moves.count)], by: turn)
        (hand, journal) = (step.hand, journal + step.moves)
      }
      guard let turn = hand.turn else { continue }
      let view = hand.view(for: .seat(turn))
      let known = view.held | TileSet(view.line.placements.map(\.tile))
      for _ in 0..<30 {
        let world = permute(deck, keeping: known, using: &random)
        guard let other = try? LineHand.replay(hand.setup, deck: world, journal: journal),
          other.position != hand.position
        else { continue }
        compared += 1
        for style in Bot.Style.allCases {
          let bot = Bot(style: style, strength: 20, seed: 5)
          #expect(bot.move(in: other.view(for: .seat(turn))) == bot.move(in: view))
        }
      }
    }
    #expect(compared > 200, "too few worlds could be compared: \(compared)")
  }

  private func permute(
    _ deck: [Tile],
    keeping known: TileSet,
    using random: inout SeededRandom
  ) -> [Tile] {
    let hidden = deck.indices.filter { !known.contains(deck[$0]) }
    var world = deck
    for (place, tile) in zip(hidden, hidden.map { deck[$0] }.shuffled(using: &random)) {
      world[place] = tile
    }
    return world
  }

  @Test("imagined deals agree with what the seat knows, and the true deal is never excluded")
  func imagination() throws {
    var random = SeededRandom(seed: 5)
    var excluded = 0
    for _ in 0..<40 {
      var hand = try Arena.start(Array(TileSet.all).shuffled(using: &random))
      while let turn = hand.turn {
        let view = hand.view(for: .seat(turn))
        let knowledge = Knowledge(view)
        let position = LinePosition(seated: hand.setup.seated, turn: turn, ends: view.line.ends)
        let dealt = try #require(
          Imagination(knowledge, position: position).deal(using: &random)
        )
        for (seat, count) in knowledge.counts {
          let possible = knowledge.possible(for: seat)
          #expect((hand.position[seat] - possible).isEmpty)
          #expect((dealt[seat] - possible).isEmpty)
          #expect(dealt[seat].count == count)
          excluded += (knowledge.hidden - possible).count
        }
        let moves = hand.legalMoves(for: turn)
        hand = try hand.after(moves[random.number(below: moves.count)], by: turn).hand
      }
    }
    #expect(excluded > 100, "passes must teach something")
  }

  @Test("a frozen bot comes back as it was, its strength within bounds")
  func frozen() throws {
    func read(_ json: String) throws -> Bot {
      try JSONDecoder().decode(Bot.self, from: Data(json.utf8))
    }
    let bot = Bot(style: .thinker, strength: 30, seed: .max)
    #expect(try JSONDecoder().decode(Bot.self, from: JSONEncoder().encode(bot)) == bot)
    #expect(try read(#"{"style": "random", "seed": 1}"#) == Bot(style: .random, seed: 1))
    let wild = try read(#"{"style": "thinker", "seed": 1, "strength": -4}"#)
    #expect(wild.strength == Bot.strengths.lowerBound)
  }

  @Test("small numbers are drawn evenly")
  func evenNumbers() {
    var random = SeededRandom(seed: 1)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<7000 { counts[random.number(below: 7)] += 1 }
    #expect(counts.allSatisfy { 900...1100 ~= $0 }, "\(counts)")
  }

  @Test("different turns of one seed give different numbers")
  func turns() {
    var first = Set<UInt64>()
    for turn in 0..<1000 {
      var random = SeededRandom(seed: 9, turn: turn)
      first.insert(random.next())
    }
    #expect(first.count == 1000)
  }
}
