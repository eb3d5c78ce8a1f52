import Core
import Domino
import Tables
import Testing

@Suite(.timeLimit(.minutes(5)))
struct TimeTests {
  @Test("A seat has its turn and its time bank; then the lowest legal tile is placed for it")
  func timeOut() async throws {
    let fixture = try Fixture()
    let witness = try #require(try await fixture.deal(people: 4).last)
    let seat = try #require(fixture.hand?.turn)
    let expected = try #require(fixture.hand?.timeoutMove(for: seat))
    await fixture.pass(44_900)
    #expect(witness.of("tile.placed").isEmpty)
    await fixture.pass(200)
    let placed = try #require(witness.of("tile.placed").first)
    #expect(placed["by"]?.text == "timeout")
    #expect(fixture.database.appends[0].moves[0].move == expected)
    #expect(fixture.database.appends[0].moves[0].timeBankMilliseconds == 0)
  }

  @Test("What a move takes beyond its turn comes from the time bank, and is kept with the move")
  func timeBank() async throws {
    let fixture = try Fixture()
    _ = try await fixture.deal(people: 4)
    await fixture.pass(20_000)
    await fixture.play()
    #expect(fixture.database.appends[0].moves[0].timeBankMilliseconds == 25_000)
  }

  @Test("After two time-outs the trustee plays; after three such hands the seat stands up")
  func trustee() async throws {
    var policy = TablePolicy()
    policy.timeBankMilliseconds = 0
    policy.timeBankRefillMilliseconds = 0
    let fixture = try Fixture(policy: policy)
    let witness = try #require(try await fixture.deal(people: 2).last)
    try await playOn(fixture) { seat in seat == 1 }
    #expect(witness.of("trustee").first?["seat"]?.number == 0)
    var rounds = 0
    while witness.of("seat.left").isEmpty, rounds < 10 {
      await fixture.pass(10_000)
      try await playOn(fixture) { seat in seat == 1 }
      rounds += 1
    }
    #expect(witness.of("seat.left").first?["seat"]?.number == 0)
    let deciders = Set(fixture.database.record.recent.map(\.decider))
    #expect(deciders.isSuperset(of: [.player, .timeout, .trustee]))
    #expect(fixture.database.record.recent.count { $0.decider == .timeout } == 2)
  }

  @Test("Who comes back plays again")
  func back() async throws {
    var policy = TablePolicy()
    policy.timeBankMilliseconds = 0
    policy.timeBankRefillMilliseconds = 0
    let fixture = try Fixture(policy: policy)
    let witness = try #require(try await fixture.deal(people: 2).last)
    while witness.of("trustee").isEmpty, fixture.hand != nil {
      try await step(fixture) { seat in seat == 1 }
    }
    let back = PlayerCommand(.back)
    #expect(await fixture.table.submit(back, by: Fixture.player(1)).done != nil)
    #expect(witness.of("trustee").map { $0["on"]?.flag } == [true, false])
  }

  @Test("While a move is made durable the clocks stand still, and clients are told after a moment")
  func clocksStandStill() async throws {
    let fixture = try Fixture()
    let witnesses = try await fixture.deal(people: 4)
    await fixture.pass(5_000)
    fixture.database.hold()
    async let reply = fixture.play()
    await fixture.database.waitUntilHeld()
    await fixture.time.pass(250)
    #expect(witnesses.allSatisfy { $0.of("paused").isEmpty })
    await fixture.time.pass(60_000)
    #expect(witnesses.allSatisfy { $0.of("paused").count == 1 })
    fixture.database.release()
    #expect(await reply?.done != nil)
    await fixture.table.whenIdle()
    for witness in witnesses {
      #expect(witness.of("running").count == 1)
      let turn = witness.of("tile.placed").last?["turn"]
      #expect(turn?["remaining_ms"]?.number == 15_000)
    }
    #expect(fixture.database.appends.count == 1)
  }

  @Test("While a seat is bought the turn's clock stands still")
  func clocksStandForSeats() async throws {
    let fixture = try Fixture()
    let witness = try #require(try await fixture.deal(people: 2).last)
    await fixture.pass(5_000)
    fixture.database.hold()
    async let reply = fixture.sit(3)
    await fixture.database.waitUntilHeld()
    await fixture.time.pass(100_000)
    fixture.database.release()
    #expect(await reply.done?.seat == 2)
    await fixture.table.whenIdle()
    #expect(witness.of("running").first?["turn"]?["remaining_ms"]?.number == 10_000)
    await fixture.pass(9_000)
    let snapshot = await fixture.table.snapshot(for: nil).json
    #expect(snapshot["state"]?["hand"]?["turn"]?["remaining_ms"]?.number == 1_000)
    #expect(witness.of("tile.placed").isEmpty)
  }

  @Test("Bots that have been alone for a while leave, and the room falls silent")
  func botsAlone() async throws {
    let fixture = try Fixture()
    await fixture.table.begin()
    let witness = try await fixture.watch()
    for number in 1...4 { await fixture.sit(number, isBot: true) }
    await fixture.pass(20_000)
    #expect(witness.of("deal.committed").isEmpty)
    #expect(witness.of("seat.left").count == 4)
    #expect(fixture.database.record.stays.isEmpty)
  }

  /// Plays the hand to its end; seats that do not decide let their time run out.
  private func playOn(_ fixture: Fixture, deciding: (Int) -> Bool) async throws {
    var steps = 0
    while fixture.hand != nil {
      try await step(fixture, deciding: deciding)
      steps += 1
      try #require(steps < 200)
    }
  }

  private func step(_ fixture: Fixture, deciding: (Int) -> Bool) async throws {
    guard let seat = fixture.hand?.turn else { return }
    if deciding(Int(seat.number)) {
      await fixture.play()
      await fixture.table.whenIdle()
    } else {
      let moves = fixture.database.appends.count
      var seconds = 0
      while fixture.database.appends.count == moves {
        await fixture.pass(1_000)
        seconds += 1
        try #require(seconds < 60)
      }
    }
  }
}
