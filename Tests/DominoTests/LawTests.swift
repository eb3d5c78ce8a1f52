import Core
import Testing

import Domino

@Suite("Laws over seeded hands of every game with every option")
struct LawTests {
  private static let seeds: [UInt64] = Array(1...16)
  private static let handsPerSeed = 40

  private func forEachHand(
    _ seed: UInt64,
    _ body: (LineHand, [Tile], inout TestRandom) throws -> Void
  ) throws {
    var random = TestRandom(seed: seed)
    for _ in 0..<Self.handsPerSeed {
      let setup = RandomHand.setup(using: &random)
      let deck = RandomHand.deck(using: &random)
      try body(LineHand.deal(setup, deck: deck).hand, deck, &random)
    }
  }

  private func randomStep(
    _ hand: LineHand,
    by turn: Seat,
    using random: inout TestRandom
  ) throws -> Step<LineHand> {
    let move = try #require(hand.legalMoves(for: turn).randomElement(using: &random))
    return try hand.after(move, by: turn)
  }

  @Test("chips are conserved at every move and no stack is ever below zero", arguments: seeds)
  func conservation(seed: UInt64) throws {
    try forEachHand(seed) { hand, _, random in
      var hand = hand
      let before = hand.setup.seats.map(\.stack).reduce(.zero, +)
      while let turn = hand.turn {
        hand = try randomStep(hand, by: turn, using: &random).hand
        let rake = hand.settlement?.rake ?? .zero
        #expect(hand.stacks.map(\.stack).reduce(.zero, +) + rake == before)
        #expect(hand.stacks.allSatisfy { $0.stack >= .zero })
      }
      let settlement = try #require(hand.settlement)
      var stacks = Dictionary(
        uniqueKeysWithValues: settlement.before.map { ($0.seat, $0.stack) }
      )
      for payment in settlement.transfers {
        stacks[payment.from, default: 0] = stacks[payment.from, default: 0] - payment.amount
        if let to = payment.to { stacks[to, default: 0] = stacks[to, default: 0] + payment.amount }
        #expect(stacks.values.allSatisfy { $0 >= .zero })
      }
      #expect(settlement.after.allSatisfy { stacks[$0.seat] == $0.stack })
    }
  }

  @Test("every tile is in one place, and every hand comes to an end", arguments: seeds)
  func tiles(seed: UInt64) throws {
    try forEachHand(seed) { hand, _, random in
      var hand = hand
      while let turn = hand.turn {
        hand = try randomStep(hand, by: turn, using: &random).hand
        let placed = TileSet(hand.line.placements.map(\.tile))
        #expect(placed.count == hand.line.placements.count)
        #expect((placed & hand.position.held).isEmpty)
        #expect(placed.count + hand.position.held.count + hand.boneyardCount == Tile.count)
        #expect(hand.turn.map { !hand.position.playable(by: $0).isEmpty } ?? true)
      }
      let result = try #require(hand.result)
      let winner = try #require(result.left.first { $0.seat == result.winner })
      #expect((result.reason == .out) == winner.tiles.isEmpty)
    }
  }

  @Test("the journal, as bytes, replays to the same hand", arguments: seeds)
  func replay(seed: UInt64) throws {
    try forEachHand(seed) { hand, deck, random in
      var (hand, journal) = (hand, [RecordedMove<LineMove>]())
      while let turn = hand.turn {
        let step = try randomStep(hand, by: turn, using: &random)
        for record in step.moves {
          journal.append(
            RecordedMove(seat: record.seat, move: try LineMove(bytes: record.move.bytes))
          )
        }
        hand = step.hand
        let again = try LineHand.replay(hand.setup, deck: deck, journal: journal)
        #expect(again == hand)
        #expect(hand.moveCount == journal.count)
      }
    }
  }

  @Test(
    "what a seat and a spectator see is the same in every world they cannot tell apart",
    arguments: seeds
  )
  func twoWorlds(seed: UInt64) throws {
    var compared = 0
    try forEachHand(seed) { hand, deck, random in
      var (hand, journal) = (hand, [RecordedMove<LineMove>]())
      let length = Int.random(in: 0..<12, using: &random)
      while let turn = hand.turn, journal.count < length {
        let step = try randomStep(hand, by: turn, using: &random)
        journal += step.moves
        hand = step.hand
      }
      guard hand.turn != nil else { return }
      for viewer in hand.setup.seats.map(\.seat).map(Viewer.seat) + [.spectator] {
        let view = hand.view(for: viewer)
        let known = view.held | TileSet(view.line.placements.map(\.tile))
        for _ in 0..<20 {
          let world = permute(deck, keeping: known, using: &random)
          guard
            let other = try? LineHand.replay(hand.setup, deck: world, journal: journal),
            other.turn == hand.turn
          else { continue }
          #expect(other.view(for: viewer) == view)
          compared += 1
        }
      }
    }
    #expect(compared > 200, "too few worlds could be compared: \(compared)")
  }

  private func permute(
    _ deck: [Tile],
    keeping known: TileSet,
    using random: inout TestRandom
  ) -> [Tile] {
    let hidden = deck.indices.filter { !known.contains(deck[$0]) }
    var world = deck
    for (place, tile) in zip(hidden, hidden.map { deck[$0] }.shuffled(using: &random)) {
      world[place] = tile
    }
    return world
  }
}
