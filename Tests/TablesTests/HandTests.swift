import Core
import Domino
import Tables
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct HandTests {
  @Test(
    "Whole hands of bots and people keep every chip, and show nobody a tile too early",
    arguments: 1...20 as ClosedRange<UInt64>)
  func wholeHands(seed: UInt64) async throws {
    var dice = SeededGenerator(seed: seed)
    var rules = GapleRules()
    rules.opening = Opening.Rule.allCases.randomElement(using: &dice) ?? .highestDouble
    rules.passPayment = GapleRules.PassPayment.allCases.randomElement(using: &dice) ?? .none
    rules.payment = GapleRules.LossPayment.allCases.randomElement(using: &dice) ?? .flat
    if dice.chance(percent: 50) { rules.rake = Rake(basisPoints: 300, cap: 50) }
    var policy = TablePolicy()
    policy.botStyle = .random
    let fixture = try Fixture(seed: seed, policy: policy, rules: rules)
    await fixture.table.begin()
    let eyes = [try await fixture.watch(1), try await fixture.watch(2), try await fixture.watch()]
    await fixture.sit(1)
    await fixture.sit(2)
    for number in 3...Int.random(in: 3...4, using: &dice) { await fixture.sit(number, isBot: true) }
    let total = fixture.database.total
    var hands = 0
    var dealt: [String: [Set<String>]] = [:]
    while hands < 3 {
      await fixture.pass(500)
      guard let hand = fixture.hand, let turn = fixture.turn else {
        hands = fixture.database.state.withLock { $0.settlements }
        continue
      }
      dealt[turn.hand.description] = (0..<4).map { seat in
        Set(Play.tiles(hand, Seat(seat)))
      }
      guard let seat = hand.turn, seat.number < 2 else { continue }
      await fixture.play()
      await fixture.table.whenIdle()
    }
    #expect(fixture.database.total == total, "seed \(seed)")
    for (index, witness) in eyes.enumerated() {
      try check(witness, seat: index < 2 ? index : nil, dealt)
      numbered(witness)
    }
    #expect(eyes[0].of("hand.started").allSatisfy { $0["your_tiles"]?.list?.count == 7 })
    #expect(eyes[2].of("hand.started").allSatisfy { $0["your_tiles"] == nil })
  }

  /// Every tile of every frame was placed by then, is the receiver's own, or the hand is over.
  private func check(_ witness: Witness, seat: Int?, _ dealt: [String: [Set<String>]]) throws {
    var own: Set<String> = []
    var placed: Set<String> = []
    for message in witness.messages {
      switch message["type"]?.text {
      case "hand.started":
        placed = []
        own = Set(message["your_tiles"]?.list?.compactMap(\.text) ?? [])
        if let seat, let hand = message["hand"]?.text, let known = dealt[hand] {
          #expect(own.isSuperset(of: known[seat]))
        }
      case "tile.placed":
        if let tile = message["tile"]?.text { placed.insert(tile) }
      case "hand.ended", "snapshot": continue
      default: break
      }
      let shown = message.tiles
      #expect(
        shown.isSubset(of: own.union(placed)),
        "\(shown.subtracting(own.union(placed))) in \(message)")
    }
  }

  /// One frame for each number, without a gap.
  private func numbered(_ witness: Witness) {
    let numbers = witness.frames.filter { $0.type != "snapshot" }.compactMap(\.seq)
    guard let first = numbers.first else { return }
    #expect(numbers == (0..<numbers.count).map { first + Int64($0) })
  }

  @Test(
    "Who comes back within 256 events gets exactly the frames that were missed; else a snapshot")
  func resumes() async throws {
    let fixture = try Fixture()
    let all = try await fixture.deal(people: 4)
    let witness = all[0]
    let leftAt = try #require(witness.frames.last?.seq)
    await fixture.table.unsubscribe(witness.id)
    let shadow = try await fixture.watch(1, after: leftAt, id: 999)
    while fixture.hand != nil {
      await fixture.play()
      await fixture.table.whenIdle()
    }
    let returned = try await fixture.watch(1, after: leftAt, id: 998)
    let missed = shadow.frames.filter { $0.seq != nil }
    #expect(!missed.isEmpty)
    #expect(returned.frames == missed)
    let tooOld = try await fixture.watch(1, after: leftAt - 1_000, id: 997)
    #expect(tooOld.frames.first?.type == "snapshot")
    let otherFence = try await fixture.watch(1, after: 1 << 32, id: 996)
    #expect(otherFence.frames.first?.type == "snapshot")
  }

  @Test("Who stands up during a hand leaves after it, with the chips")
  func standsUp() async throws {
    let fixture = try Fixture()
    let witness = try #require(try await fixture.deal(people: 3).last)
    let reply = await fixture.table.submit(PlayerCommand(.stand), by: Fixture.player(2))
    #expect(reply.done?.isLeaving == true)
    #expect(witness.of("seat.leaving").count == 1)
    while fixture.hand != nil {
      await fixture.play()
      await fixture.table.whenIdle()
    }
    #expect(witness.of("seat.left").first?["seat"]?.number == 1)
    let types = witness.frames.map(\.type)
    #expect(
      types.firstIndex(of: "hand.ended") ?? .max < types.firstIndex(of: "seat.left") ?? .max)
  }
}

extension Play {
  static func tiles(_ hand: LineHand, _ seat: Seat?) -> [String] {
    guard let seat, hand.setup.seated.contains(seat) else { return [] }
    return hand.position[seat].map(\.description)
  }
}

extension JSON {
  /// Every tile anywhere in it.
  var tiles: Set<String> {
    switch self {
    case .text(let text): Tile(text) == nil ? [] : [text]
    case .list(let list): list.reduce(into: []) { $0.formUnion($1.tiles) }
    case .object(let members): members.values.reduce(into: []) { $0.formUnion($1.tiles) }
    default: []
    }
  }
}
