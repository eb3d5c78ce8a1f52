import Core
import Domino
import Tables
import Testing

@Suite("Bots give up their seats to people", .timeLimit(.minutes(5)))
struct PromiseTests {
  @Test("Between hands a bot stands up at once, and the person has its seat")
  func atOnce() async throws {
    let fixture = try Fixture()
    await fixture.table.begin()
    let witness = try await fixture.watch(5)
    for number in 1...4 { await fixture.sit(number, isBot: true) }
    let total = fixture.database.total
    let done = try #require(await fixture.wish(5).done)
    #expect(done.seat == 0 && done.stack == 10_000 && !done.isWaiting)
    #expect(witness.of("seat.left").compactMap { $0["seat"]?.number } == [0])
    #expect(witness.of("seat.taken").last?["player"]?["is_bot"]?.flag == false)
    #expect(fixture.database.total == total + 50_000, "and no chip but his own is new")
  }

  @Test("A bot that plays a hand plays it to its end; then the person has its seat and has paid")
  func afterTheHand() async throws {
    let (fixture, witness) = try await atFullTable()
    let total = fixture.database.total
    let done = try #require(await fixture.wish(5, at: Seat(2)).done)
    #expect(done.isWaiting && done.seat == 2 && done.session == Fixture.session(5))
    #expect(witness.of("seat.leaving").last?["seat"]?.number == 2)
    #expect(witness.of("seat.promised").last?["to"]?.text == Fixture.player(5).description)
    #expect(fixture.purse(5) == 50_000, "nothing is paid before")
    #expect(await fixture.wish(5).done == done, "the same wish again")
    #expect(await fixture.wish(6, at: Seat(2)).code == .seatTaken)
    #expect(await fixture.table.occupancy.forPeople == 1, "one bot of two is promised")
    try await finishHand(fixture)
    let order = witness.frames.map(\.type).filter { $0.hasPrefix("seat.") || $0 == "hand.ended" }
    let tail = order.suffix(3)
    #expect(Array(tail) == ["hand.ended", "seat.left", "seat.taken"])
    #expect(await fixture.table.place(of: Fixture.player(5))?.seat == 2)
    #expect(fixture.purse(5) == 40_000 && fixture.database.total == total)
    #expect(witness.of("seat.taken").last?["session"]?.text == Fixture.session(5).description)
  }

  @Test("The snapshot shows the promise, and the seat may be given up before it is had")
  func givenUp() async throws {
    let (fixture, witness) = try await atFullTable()
    _ = await fixture.wish(5)
    let seats = await fixture.table.snapshot(for: Fixture.player(5)).json["state"]?["seats"]?.list
    let promised = seats?.compactMap { $0["promised_to"]?.text }
    #expect(promised == [Fixture.player(5).description])
    let stood = await fixture.table.submit(PlayerCommand(.stand), by: Fixture.player(5))
    #expect(stood.done != nil && witness.of("seat.promised").last?["to"] == .null)
    try await finishHand(fixture)
    #expect(await fixture.table.place(of: Fixture.player(5)) == nil)
    #expect(fixture.purse(5) == 50_000)
  }

  @Test("Whoever cannot pay makes no bot stand up, and is told at the latest when it has left")
  func cannotPay() async throws {
    let (fixture, witness) = try await atFullTable()
    #expect(await fixture.wish(5, buyIn: 999).code == .buyInOutOfRange)
    fixture.account(7, purse: 9_999)
    let poor = PlayerCommand(.sit(session: Fixture.session(7), seat: nil, buyIn: 10_000))
    #expect(await fixture.table.submit(poor, by: Fixture.player(7)).code == .insufficientFunds)
    #expect(witness.of("seat.leaving").isEmpty)
    _ = await fixture.wish(5)
    fixture.database.state.withLock { $0.accounts[Fixture.player(5)]?.purse = 1 }
    try await finishHand(fixture)
    #expect(witness.of("error").last?["code"]?.text == "insufficient_funds")
    #expect(await fixture.table.place(of: Fixture.player(5)) == nil)
  }

  @Test("A new host knows that the bot leaves; the person says the same wish again and pays once")
  func afterRestart() async throws {
    let (fixture, _) = try await atFullTable()
    let first = try #require(await fixture.wish(5).done?.seat)
    try fixture.resume(raisingFence: true)
    await fixture.table.begin()
    for number in 1...2 { _ = try await fixture.watch(number) }
    #expect(fixture.database.record.stays.first { $0.seat == first }?.isLeaving == true)
    let again = try #require(await fixture.wish(5).done)
    #expect(again.isWaiting)
    try await finishHand(fixture)
    #expect(await fixture.table.place(of: Fixture.player(5)) != nil)
    #expect(fixture.purse(5) == 40_000)
  }

  @Test("Bots take no bot's seat")
  func botsDoNot() async throws {
    let (fixture, _) = try await atFullTable()
    fixture.account(8, isBot: true)
    let sit = PlayerCommand(
      .sit(session: Fixture.session(8), seat: nil, buyIn: 10_000), takesBotSeats: false)
    #expect(await fixture.table.submit(sit, by: Fixture.player(8)).code == .roomFull)
  }

  /// Two people and two bots in the middle of a hand, and a fifth who watches.
  private func atFullTable() async throws -> (Fixture, Witness) {
    var policy = TablePolicy()
    policy.botStyle = .random
    let fixture = try Fixture(policy: policy)
    await fixture.table.begin()
    for number in 1...2 { _ = try await fixture.watch(number) }
    let witness = try await fixture.watch(5)
    for number in 1...2 { await fixture.sit(number) }
    for number in 3...4 { await fixture.sit(number, isBot: true) }
    fixture.account(5)
    fixture.account(6)
    await fixture.pass(Int64(fixture.policy.breakMilliseconds))
    try #require(fixture.hand != nil)
    return (fixture, witness)
  }

  private func finishHand(_ fixture: Fixture) async throws {
    let before = fixture.database.state.withLock { $0.settlements }
    var steps = 0
    while fixture.database.state.withLock({ $0.settlements }) == before {
      if let seat = fixture.hand?.turn, seat.number < 2 { await fixture.play() }
      await fixture.pass(500)
      steps += 1
      try #require(steps < 500)
    }
  }
}

extension Fixture {
  /// A person wants to sit down, with the same wish each time.
  func wish(_ number: Int, at seat: Seat? = nil, buyIn: Chips = 10_000) async -> CommandReply {
    if database.state.withLock({ $0.accounts[Fixture.player(number)] }) == nil { account(number) }
    return await table.submit(
      PlayerCommand(.sit(session: Fixture.session(number), seat: seat, buyIn: buyIn)),
      by: Fixture.player(number))
  }

  func purse(_ number: Int) -> Chips? {
    database.state.withLock { $0.accounts[Fixture.player(number)]?.purse }
  }
}
