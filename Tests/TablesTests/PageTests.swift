import Core
import Domino
import Tables
import Testing

@Suite("What rooms say is what docs/api/websocket.md shows", .timeLimit(.minutes(5)))
struct PageTests {
  @Test("Every frame of a live table has the members of the page's examples, and no others")
  func shapes() async throws {
    var said: [JSON] = []
    for scene in Scene.all { said += try await scene() }
    let byType = Dictionary(grouping: said) { $0["type"]?.text ?? "?" }
    let shown =
      try SocketPage.examples(under: "What rooms say")
      + SocketPage.examples(under: "What the gateway says").filter {
        $0["type"]?.text == "error" && $0["ref"] == nil
      }
    let examples = Dictionary(grouping: shown) { $0["type"]?.text ?? "?" }
    #expect(Set(byType.keys) == Set(examples.keys))
    for (type, frames) in byType {
      let (produced, documented) = (Shape(frames), Shape(examples[type] ?? []))
      #expect(produced.beyond(documented) == [], "\(type) has what the page does not show")
      #expect(documented.beyond(produced) == [], "the page shows of \(type) what there is not")
    }
  }
}

/// Pieces of play that together make a room say everything that it can say.
private enum Scene {
  static let all: [@Sendable () async throws -> [JSON]] = [
    hands, freePasses, promises, absence, database, ends, privacy, boneyard,
  ]

  /// Whole hands with a rake and a spectator; snapshots for all eyes after each step.
  static func hands() async throws -> [JSON] {
    var rules = GapleRules()
    rules.rake = Rake(basisPoints: 300, cap: 50)
    let fixture = try Fixture(policy: .thoughtless, rules: rules)
    var said = [await fixture.table.snapshot(for: nil).json]
    var eyes = try await fixture.deal(people: 3)
    await fixture.sit(4, isBot: true)
    eyes.append(try await fixture.watch(1, id: 900))
    _ = await fixture.table.submit(PlayerCommand(.emote(.bagus)), by: Fixture.player(1))
    for _ in 0..<4 {
      said += try await playHand(fixture)
      said.append(await fixture.table.snapshot(for: nil).json)
      _ = await fixture.table.submit(
        PlayerCommand(.topUp(payment: .init(millisecondsSince1970: 3, random: 7), amount: 50)),
        by: Fixture.player(2))
      await fixture.pass(Int64(fixture.policy.breakAfterHandMilliseconds))
    }
    _ = await fixture.table.submit(PlayerCommand(.stand), by: Fixture.player(3))
    said += try await playHand(fixture)
    await fixture.table.unsubscribe(eyes[0].id)
    await fixture.table.unsubscribe(900)
    _ = try await fixture.watch(1)
    return said + eyes.flatMap(\.messages)
  }

  /// Passes that cost nothing, and an opener that is drawn.
  static func freePasses() async throws -> [JSON] {
    var rules = GapleRules()
    rules.passPayment = .none
    rules.opening = .randomSeat
    let fixture = try Fixture(seed: 3, rules: rules)
    let eyes = try await fixture.deal(people: 2)
    var said: [JSON] = []
    for _ in 0..<3 {
      said += try await playHand(fixture)
      await fixture.pass(Int64(fixture.policy.breakAfterHandMilliseconds))
    }
    // The promised deal has to wait: one is alone.
    _ = try await playHand(fixture)
    _ = await fixture.table.submit(PlayerCommand(.stand), by: Fixture.player(2))
    await fixture.table.whenIdle()
    said.append(await fixture.table.snapshot(for: nil).json)
    return said + eyes.flatMap(\.messages)
  }

  /// A bot's seat is promised, given up, promised again, and cannot be paid.
  static func promises() async throws -> [JSON] {
    let fixture = try Fixture(policy: .thoughtless)
    await fixture.table.begin()
    let eyes = [try await fixture.watch(1), try await fixture.watch(5)]
    await fixture.sit(1)
    for number in 2...4 { await fixture.sit(number, isBot: true) }
    await fixture.pass(Int64(fixture.policy.breakMilliseconds))
    _ = await fixture.wish(5)
    _ = await fixture.table.submit(PlayerCommand(.stand), by: Fixture.player(5))
    _ = await fixture.wish(5)
    let said = [await fixture.table.snapshot(for: Fixture.player(5)).json]
    fixture.database.state.withLock { $0.accounts[Fixture.player(5)]?.purse = 1 }
    let rest = try await playHand(fixture)
    return said + rest + eyes.flatMap(\.messages)
  }

  /// Time runs out until the trustee plays; then the player is back.
  static func absence() async throws -> [JSON] {
    let fixture = try Fixture()
    let eyes = try await fixture.deal(people: 2)
    await fixture.pass(200_000)
    for number in 1...2 {
      _ = await fixture.table.submit(PlayerCommand(.back), by: Fixture.player(number))
    }
    return eyes.flatMap(\.messages)
  }

  /// The database is away, between hands and in the middle of one.
  static func database() async throws -> [JSON] {
    let fixture = try Fixture()
    await fixture.table.begin()
    let early = try await fixture.watch(4)
    fixture.database.hold()
    async let seated = fixture.sit(4)
    await fixture.database.waitUntilHeld()
    await fixture.time.pass(1_000)
    fixture.database.release()
    _ = await seated
    let eyes = try await fixture.deal(people: 2)
    fixture.database.hold()
    async let reply = fixture.sit(3)
    await fixture.database.waitUntilHeld()
    await fixture.time.pass(1_000)
    fixture.database.release()
    _ = await reply
    await fixture.table.whenIdle()
    await fixture.table.stop()
    return (eyes + [early]).flatMap(\.messages)
  }

  /// A hand is voided, a room is closed.
  static func ends() async throws -> [JSON] {
    let fixture = try Fixture()
    let eyes = try await fixture.deal(people: 2)
    fixture.database.script(.invalid)
    await fixture.play()
    await fixture.table.whenIdle()
    _ = await fixture.table.close()
    await fixture.table.whenIdle()
    return eyes.flatMap(\.messages)
  }

  static func privacy() async throws -> [JSON] {
    let fixture = try Fixture(joinCode: "WARUNG77", creator: Fixture.player(1))
    return [await fixture.table.snapshot(for: Fixture.player(1)).json]
  }

  /// A game with a boneyard, up to the first draws.
  static func boneyard() async throws -> [JSON] {
    let fixture = try Fixture(game: .draw(ScoreRules()))
    let eyes = try await fixture.deal(people: 2)
    var steps = 0
    while eyes[0].of("tile.drawn").count + eyes[1].of("tile.drawn").count < 8,
      fixture.hand != nil, steps < 100
    {
      await fixture.play()
      await fixture.table.whenIdle()
      steps += 1
    }
    return eyes.flatMap { $0.of("tile.drawn") }
  }

  /// Plays to the end of the hand; what snapshots tell of it on the way, to a seat and to others.
  private static func playHand(_ fixture: Fixture) async throws -> [JSON] {
    var said: [JSON] = []
    var steps = 0
    let before = fixture.database.state.withLock { $0.settlements }
    while fixture.database.state.withLock({ $0.settlements }) == before {
      for number in [1, 2] {
        said.append(await fixture.table.snapshot(for: Fixture.player(number)).json)
      }
      said.append(await fixture.table.snapshot(for: nil).json)
      steps += 1
      await fixture.play(reference: "m-\(steps)")
      await fixture.pass(500)
      try #require(steps < 500)
    }
    return said
  }
}

extension TablePolicy {
  /// Bots that do not take long to decide.
  fileprivate static var thoughtless: TablePolicy {
    var policy = TablePolicy()
    policy.botStyle = .random
    return policy
  }
}
