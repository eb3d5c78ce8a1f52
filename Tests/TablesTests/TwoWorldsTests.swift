import Core
import Domino
import Fairness
import Tables
import TestSupport
import Testing

/// The law of two worlds (design, "No leak"): where two deals differ only in tiles that a viewer has
/// not seen, and the same commands are legal in both, the viewer is told the same bytes.
@Suite(.timeLimit(.minutes(5)))
struct TwoWorldsTests {
  @Test("Swapped unseen tiles change not one byte", arguments: 1...40 as ClosedRange<UInt64>)
  func swapped(seed: UInt64) async throws {
    var dice = SeededGenerator(seed: seed)
    var worlds: (deck: [UInt8], other: [UInt8], script: [LineMove])?
    for _ in 0..<200 where worlds == nil { worlds = World.pair(using: &dice) }
    let (deck, other, script) = try #require(worlds, "seed \(seed)")
    let first = try await World.play(deck, script, seed: seed)
    let second = try await World.play(other, script, seed: seed)
    #expect(first.count > 2 * script.count)
    for (left, right) in zip(first, second) { try #require(left == right, "seed \(seed)") }
    #expect(first.count == second.count)
  }
}

/// One deal and what is done in it.
private enum World {
  static let viewer: Seat = 0

  /// Two decks and a script that is legal in both with the same public outcome. Seats 1 to 3 have
  /// swapped tiles that nobody has placed by the end of the script.
  static func pair(
    using dice: inout SeededGenerator
  ) -> (deck: [UInt8], other: [UInt8], script: [LineMove])? {
    let deck = (0..<28).map { UInt8($0) }.shuffled(using: &dice)
    let length = Int.random(in: 1...12, using: &dice)
    guard let (script, last) = run(deck, length: length, using: &dice) else { return nil }
    let hidden = [1, 2, 3].flatMap { seat in Seat(seat).map { Array(last.position[$0]) } ?? [] }
    guard let one = hidden.randomElement(using: &dice),
      let two = hidden.randomElement(using: &dice), one != two,
      let from = deck.firstIndex(of: one.id), let to = deck.firstIndex(of: two.id),
      from / 7 != to / 7
    else { return nil }
    var other = deck
    other.swapAt(from, to)
    guard let repeated = replay(other, script), repeated.history == last.history,
      repeated.turn == last.turn, repeated.opener == last.opener
    else { return nil }
    return (deck, other, script)
  }

  private static func run(
    _ deck: [UInt8], length: Int, using dice: inout SeededGenerator
  ) -> (script: [LineMove], last: LineHand)? {
    guard var hand = start(deck) else { return nil }
    var script: [LineMove] = []
    while script.count < length, let seat = hand.turn {
      guard let move = hand.legalMoves(for: seat).randomElement(using: &dice),
        let step = try? hand.after(move, by: seat), !step.hand.hasEnded
      else { return nil }
      script.append(move)
      hand = step.hand
    }
    return (script, hand)
  }

  private static func replay(_ deck: [UInt8], _ script: [LineMove]) -> LineHand? {
    guard var hand = start(deck) else { return nil }
    for move in script {
      guard let seat = hand.turn, let step = try? hand.after(move, by: seat) else { return nil }
      hand = step.hand
    }
    return hand
  }

  private static func start(_ deck: [UInt8]) -> LineHand? {
    let setup = HandSetup(
      rules: LineRules.gaple(GapleRules()), baseBet: 100,
      seats: (0..<4).compactMap { Seat($0).map { SeatStack(seat: $0, stack: 10_000) } },
      opening: .highestDouble)
    return try? LineHand.deal(setup, deck: deck.compactMap { Tile(id: $0) }).hand
  }

  /// Everything that the viewer and a spectator are told: frames, snapshots, refusals and times.
  static func play(_ deck: [UInt8], _ script: [LineMove], seed: UInt64) async throws -> [String] {
    let fixture = try Fixture(seed: seed, deck: deck)
    let witnesses = try await fixture.deal(people: 4)
    var told: [String] = []
    for (number, move) in script.enumerated() {
      await fixture.pass(Int64(100 * number))
      if let turn = fixture.turn { told += await tries(fixture, turn) }
      await fixture.play(move, reference: "move \(number)")
      await fixture.table.whenIdle()
      told.append(text(await fixture.table.snapshot(for: Fixture.player(1))))
      told.append(text(await fixture.table.snapshot(for: nil)))
    }
    return told + witnesses[0].texts + witnesses[4].texts
  }

  /// The viewer tries every tile that it does not hold.
  private static func tries(_ fixture: Fixture, _ turn: Turn) async -> [String] {
    guard let hand = fixture.hand else { return [] }
    var told: [String] = []
    for tile in TileSet.all - hand.position[viewer] {
      let reply = await fixture.table.submit(
        PlayerCommand(.place(turn: turn, tile: tile, end: .right)), by: Fixture.player(1))
      told.append("\(reply)")
    }
    return told
  }

  private static func text(_ frame: Frame) -> String {
    String(decoding: frame.bytes, as: UTF8.self)
  }
}
