import Core
import Testing

import Domino

@Suite("Opening a hand")
struct OpeningTests {
  @Test(
    "is for the holder of the highest double, else of the heaviest tile, else of the higher end",
    arguments: [
      ("6-6 0-1", "6-6"), ("5-5 5-6 4-4", "5-5"), ("0-0 5-6 4-6", "0-0"),
      ("0-1 5-6 4-6", "5-6"), ("3-5 2-6 0-1", "2-6"),
    ]
  )
  func compulsory(dealt: String, tile: String) throws {
    #expect(Opening.compulsoryTile(among: TileSet(try tiles(dealt))) == Tile(tile))
  }

  @Test("two seats without a double are opened with the heaviest tile")
  func noDouble() throws {
    let deck = try deck(["0-1 0-2 0-3 0-4 0-5 0-6 1-2", "1-3 1-4 1-5 1-6 2-3 3-5 2-6"])
    let hand = try LineHand.deal(.plain(.gaple(GapleRules()), seats: 2), deck: deck).hand
    #expect(hand.turn == 1)
    #expect(hand.legalMoves(for: 1) == [try move("2-6 L")])
    #expect(hand.legalMoves(for: 0).isEmpty)
    #expect(throws: RuleViolation.mustOpenWith(Tile(2, 6)!)) {
      try hand.after(move("3-5 L"), by: 1)
    }
  }

  @Test("by the previous winner is with any tile")
  func previousWinner() throws {
    let deck = try deck(["6-6 0-1"])
    let setup = HandSetup.plain(.gaple(GapleRules()), seats: 4, opening: .seat(3))
    let hand = try LineHand.deal(setup, deck: deck).hand
    #expect(hand.turn == 3)
    #expect(hand.legalMoves(for: 3).count == 7)
    let tile = try #require(hand.position[3].first { _ in true })
    let next = try hand.after(.place(tile, .right), by: 3)
    #expect(next.moves.first?.move == .place(tile, .left), "the first tile has one place")
  }

  @Test("is decided by the rule, the previous winner while he plays, or the draw")
  func rule() {
    let seated = SeatSet([0, 2, 3])
    func next(_ rule: Opening.Rule, _ winner: Seat?) -> Opening {
      Opening.next(by: rule, seated: seated, previousWinner: winner, drawn: 1)
    }
    #expect(next(.highestDouble, nil) == .highestDouble)
    #expect(next(.highestDouble, 3) == .seat(3))
    #expect(next(.highestDouble, 1) == .highestDouble)
    #expect(next(.randomSeat, 3) == .seat(2))
  }

  @Test("deals blocks of seven in seat order from the lowest occupied seat")
  func blocks() throws {
    let seats = [SeatStack(seat: 3, stack: 5), SeatStack(seat: 1, stack: 5)]
    let setup = HandSetup(
      rules: LineRules.gaple(GapleRules()),
      baseBet: 1,
      seats: seats,
      opening: .highestDouble
    )
    let deck = Array(TileSet.all)
    let hand = try LineHand.deal(setup, deck: deck).hand
    #expect(hand.position[1] == TileSet(deck[0..<7]))
    #expect(hand.position[3] == TileSet(deck[7..<14]))
    #expect(hand.boneyardCount == 14)
  }
}

@Suite("A hand that cannot start")
struct SetupTests {
  private func problem(
    _ rules: LineRules = .gaple(GapleRules()),
    seats: [SeatStack]? = nil,
    baseBet: Chips = 1,
    opening: Opening = .highestDouble,
    version: Int = 1,
    deck: [Tile] = Array(TileSet.all)
  ) -> SetupError? {
    let seats = seats ?? [SeatStack(seat: 0, stack: 1), SeatStack(seat: 1, stack: 1)]
    let setup = HandSetup(
      rulesVersion: version,
      rules: rules,
      baseBet: baseBet,
      seats: seats,
      opening: opening
    )
    do throws(SetupError) {
      _ = try LineHand.deal(setup, deck: deck)
      return nil
    } catch { return error }
  }

  private func block(_ change: (inout ScoreRules) -> Void) -> LineRules {
    var options = ScoreRules()
    change(&options)
    return .block(options)
  }

  @Test("says why")
  func reasons() {
    let one = SeatStack(seat: 0, stack: 1)
    #expect(problem() == nil)
    #expect(problem(version: 2) == .unknownRulesVersion(2))
    #expect(problem(seats: [one]) == .seatCount(1, allowed: 2...4))
    #expect(problem(seats: [one, one]) == .seatTwice(0))
    #expect(problem(seats: [one, SeatStack(seat: 4, stack: 1)]) == .noSuchSeat(4))
    #expect(problem(seats: [one, SeatStack(seat: 1, stack: -1)]) == .stackOutOfRange(1, -1))
    #expect(problem(baseBet: 0) == .baseBetOutOfRange(0))
    #expect(problem(opening: .seat(2)) == .openerNotSeated(2))
    #expect(problem(deck: Array(TileSet.all).dropLast()) == .notADeck)
    #expect(problem(deck: [Tile](repeating: Tile(1, 2)!, count: 28)) == .notADeck)
    var raked = GapleRules()
    raked.rake = Rake(basisPoints: 10_001, cap: nil)
    #expect(
      problem(.gaple(raked))
        == .optionOutOfRange(name: "rake.basisPoints", value: 10_001, allowed: 0...10_000)
    )
    #expect(
      problem(block { $0.targetScore = 0 })
        == .optionOutOfRange(name: "targetScore", value: 0, allowed: 1...10_000)
    )
    #expect(
      problem(block { $0.tilesEach = 8 })
        == .optionOutOfRange(name: "tilesEach", value: 8, allowed: 5...7)
    )
    #expect(
      problem(block { $0.undrawnTiles = 1 })
        == .optionOutOfRange(name: "undrawnTiles", value: 1, allowed: 0...2)
    )
  }
}
