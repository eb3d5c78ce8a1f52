import Testing

import Domino

/// What the rules must say to a decision, worked out from the drawn line alone.
private func expected(_ move: LineMove, by seat: Seat, in hand: LineHand) -> RuleViolation? {
  guard let turn = hand.turn else { return .handOver }
  guard hand.setup.seats.contains(where: { $0.seat == seat }) else { return .notSeated(seat) }
  guard turn == seat else { return .notYourTurn(turn: turn) }
  guard case .place(let tile, let end) = move else { return .mustPlace }
  guard hand.view(for: .seat(seat)).held.contains(tile) else { return .tileNotHeld(tile) }
  let drawn = hand.line.drawn
  guard let left = drawn.first?.left, let right = drawn.last?.right else {
    let first = hand.legalMoves(for: seat)
    if hand.setup.opening == .highestDouble, first.count == 1,
      case .place(let opening, _) = first[0], opening != tile
    {
      return .mustOpenWith(opening)
    }
    return nil
  }
  let number = end == .left ? left : right
  return tile.low == number || tile.high == number ? nil : .doesNotFit(tile, end)
}

@Suite("Every decision at every turn")
struct LegalityTests {
  private static let everyMove: [LineMove] =
    [.pass, .draw] + TileSet.all.flatMap { [.place($0, .left), .place($0, .right)] }

  @Test(
    "is accepted where it is legal and refused with its reason where it is not",
    arguments: Array(UInt64(100)...115)
  )
  func legality(seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    for _ in 0..<6 {
      let setup = RandomHand.setup(using: &random)
      var hand = try LineHand.deal(setup, deck: RandomHand.deck(using: &random)).hand
      while let turn = hand.turn {
        try check(hand)
        let move = try #require(hand.legalMoves(for: turn).randomElement(using: &random))
        hand = try hand.after(move, by: turn).hand
      }
      try check(hand)
    }
  }

  private func check(_ hand: LineHand) throws {
    for seat in [0, 1, 2, 3, 7] as [Seat] {
      var accepted = Set<LineMove>()
      for move in Self.everyMove {
        var refusal: RuleViolation?
        do throws(RuleViolation) {
          let step = try hand.after(move, by: seat)
          accepted.formUnion(step.moves.prefix(1).map(\.move))
        } catch { refusal = error }
        if refusal != expected(move, by: seat, in: hand) {
          Issue.record("\(hand.line) \(seat) \(move): \(String(describing: refusal))")
        }
      }
      let listed = Set(hand.legalMoves(for: seat))
      #expect(listed.isSubset(of: accepted))
      #expect(accepted.subtracting(listed).allSatisfy { isMirror($0, of: listed, in: hand) })
    }
  }

  /// Whether the move is a listed one at the other end of a line whose ends are equal.
  private func isMirror(_ move: LineMove, of listed: Set<LineMove>, in hand: LineHand) -> Bool {
    guard case .place(let tile, .right) = move, let ends = hand.line.ends else { return false }
    return ends.left == ends.right && listed.contains(.place(tile, .left))
  }
}

@Suite("A journal that does not belong")
struct ReplayTests {
  private let deck: [Tile] = Array(TileSet.all).reversed()
  private let setup = HandSetup.plain(.gaple(GapleRules()), seats: 4)

  private func journal() throws -> [RecordedMove<LineMove>] {
    try LineHand.deal(setup, deck: deck).hand.playingOn().history.compactMap(\.move)
  }

  @Test("is refused at the move that the rules do not allow")
  func refused() throws {
    var journal = try journal()
    journal[1] = RecordedMove(seat: journal[1].seat, move: .draw)
    #expect(throws: ReplayError.refused(number: 2, .mustPlace)) {
      try LineHand.replay(setup, deck: deck, journal: journal)
    }
  }

  @Test("is refused where a forced pass is missing or cut off")
  func missingPass() throws {
    let journal = try journal()
    let pass = try #require(journal.firstIndex { $0.move == .pass })
    var without = journal
    without.remove(at: pass)
    #expect(throws: ReplayError.differs(number: pass + 1)) {
      try LineHand.replay(setup, deck: deck, journal: without)
    }
    #expect(throws: ReplayError.incomplete(number: pass + 1)) {
      try LineHand.replay(setup, deck: deck, journal: Array(journal[..<pass]))
    }
  }

  @Test("is refused where a forced move was recorded as another one of the same seat")
  func otherForcedMove() throws {
    var journal = try journal()
    let pass = try #require(journal.firstIndex { $0.move == .pass })
    journal[pass] = RecordedMove(seat: journal[pass].seat, move: .draw)
    #expect(throws: ReplayError.differs(number: pass + 1)) {
      try LineHand.replay(setup, deck: deck, journal: journal)
    }
  }

  @Test("is refused on a hand that cannot start")
  func badSetup() throws {
    #expect(throws: ReplayError.setup(.notADeck)) {
      try LineHand.replay(setup, deck: [], journal: [])
    }
  }
}
