import Core
import Testing

import Domino

@Suite("Block and Draw")
struct ScoreTests {
  private func setup(
    _ rules: LineRules,
    seats: Int = 2,
    scores: [Int] = [0, 0, 0, 0]
  ) -> HandSetup<LineRules> {
    let stacks = (0..<seats).map {
      SeatStack(seat: Seat(integerLiteral: UInt8($0)), stack: 100, score: scores[$0])
    }
    return HandSetup(rules: rules, baseBet: 30, seats: stacks, opening: .seat(0))
  }

  @Test("deal seven tiles to two and five to more, or what the option says")
  func tilesEach() throws {
    var seven = ScoreRules()
    seven.tilesEach = 7
    let cases: [(ScoreRules, seats: Int, each: Int)] = [
      (ScoreRules(), 2, 7), (ScoreRules(), 3, 5), (ScoreRules(), 4, 5), (seven, 4, 7),
    ]
    for (options, seats, each) in cases {
      let hand = try LineHand.deal(setup(.block(options), seats: seats), deck: deck([])).hand
      #expect(hand.setup.seats.allSatisfy { hand.position[$0.seat].count == each })
      #expect(hand.boneyardCount == 28 - seats * each)
    }
  }

  /// Seat 0 has six tiles that fit each other; seat 1 fits none of their ends but 1-1.
  private let held = ["0-0 0-1 0-2 1-2 2-2 1-1 0-3", "3-4 3-5 3-6 4-4 4-5 4-6 5-5"]

  @Test("the winner scores the pips of the others; chips move when the match ends")
  func points() throws {
    let deck = try deck(held)
    let script = ["0 0-0 L", "0 0-1 L", "0 1-1 L", "0 1-2 L", "0 2-2 L", "0 0-2 L", "0 0-3 L"]
    let open = try LineHand.deal(setup(.block(ScoreRules())), deck: deck).hand.playing(script)
    let result = try #require(open.result)
    #expect(result.points == 61)
    #expect(!result.endsMatch)
    #expect(result.settlement.payments.isEmpty)
    #expect(result.settlement.after.map(\.score) == [61, 0])

    let match = try LineHand.deal(setup(.block(ScoreRules()), scores: [39, 99]), deck: deck)
      .hand.playing(script)
    let last = try #require(match.result)
    #expect(last.endsMatch)
    #expect(last.settlement.after.map(\.stack) == [130, 70])
    #expect(last.settlement.payments.map(\.reason) == [.match])
  }

  @Test("a blocked winner scores the others' pips, less its own where the option says so")
  func lessOwn() throws {
    for less in [false, true] {
      var options = ScoreRules()
      options.lessOwnPips = less
      let deck = try deck([
        "0-6 6-6 0-0 1-1 2-2 3-3 1-2", "0-1 0-2 0-3 0-4 0-5 1-6 2-6",
      ])
      var hand = try LineHand.deal(setup(.block(options)), deck: deck).hand
      hand = try hand.playingOn()
      let result = try #require(hand.result)
      #expect(result.reason == .blocked)
      let own = try #require(result.left.first { $0.seat == result.winner }).pips
      let others = result.left.filter { $0.seat != result.winner }.reduce(0) { $0 + $1.pips }
      #expect(own > 0)
      #expect(result.points == (less ? others - own : others))
    }
  }

  @Test("a stuck seat draws until a tile fits, and the last two stay where the option says so")
  func drawing() throws {
    var keepsTwo = ScoreRules()
    keepsTwo.undrawnTiles = 2
    let held = ["0-0 0-1 0-2 1-2 2-2 1-1 0-3", "3-4 3-5 3-6 4-4 4-5 4-6 5-5"]
    let boneyard = "5-6 6-6 3-3 0-4 0-5"
    let deck = try deck(held, boneyard: boneyard)
    let start = try LineHand.deal(setup(.draw(keepsTwo)), deck: deck).hand
    let step = try start.after(move("0-0 L"), by: 0)
    #expect(
      step.moves.map { "\($0.seat) \($0.move)" } == [
        "0 0-0 L", "1 draw", "1 draw", "1 draw", "1 draw",
      ]
    )
    #expect(step.hand.turn == 1)
    #expect(step.hand.legalMoves(for: 1) == [try move("0-4 L")])
    #expect(throws: RuleViolation.mustPlace) { try step.hand.after(.draw, by: 1) }
    #expect(step.events.map { $0.seen(by: .spectator) }.contains(.drew(1, nil)))
    #expect(!step.events.map { $0.seen(by: .seat(1)) }.contains(.drew(1, nil)))
    #expect(start.drawableCount == 12)
    #expect(try step.hand.playingOn().boneyardCount >= 2)
  }
}
