import Core
import Domino
import Tables
import Testing

@Suite(.timeLimit(.minutes(5)))
struct RecoveryTests {
  @Test(
    "Resumed at any move, a room is what it was, with a full turn for the seat to act",
    arguments: 1...5 as ClosedRange<UInt64>)
  func resumesAtEveryMove(seed: UInt64) async throws {
    let fixture = try Fixture(seed: seed)
    _ = try await fixture.deal(people: 4)
    var moves = 0
    while fixture.hand != nil {
      let before = try await views(fixture)
      let deal = fixture.hand
      try fixture.resume(raisingFence: true)
      await fixture.table.begin()
      #expect(try await views(fixture) == before, "seed \(seed), move \(moves)")
      #expect(fixture.hand == deal)
      await fixture.pass(Int64(15_000 + 500 * moves))
      await fixture.play(reference: "\(moves)")
      await fixture.table.whenIdle()
      moves += 1
    }
    #expect(fixture.database.state.withLock { $0.settlements } == 1)
    #expect(moves > 3)
  }

  @Test("A hand that is over but not settled is settled by the next host")
  func settlesOnLoad() async throws {
    let fixture = try Fixture()
    _ = try await fixture.deal(people: 2)
    let total = fixture.database.total
    var last: MemoryDatabase.State?
    while fixture.hand != nil {
      last = fixture.database.state.withLock { $0 }
      await fixture.play()
      await fixture.table.whenIdle()
    }
    // As if the host had died between the last move and the settlement.
    let moves = try #require(fixture.database.appends.last?.moves)
    fixture.database.state.withLock { state in
      if let last { state = last }
      state.record.hand?.moves += moves
    }
    try fixture.resume(raisingFence: true)
    let witness = try await fixture.watch()
    await fixture.table.begin()
    await fixture.table.whenIdle()
    #expect(witness.of("hand.ended").count == 1)
    #expect(fixture.database.record.hand == nil)
    #expect(fixture.database.total == total)
  }

  @Test("A host that deals no hands, as in maintenance, finishes the one that runs")
  func finishesOnly() async throws {
    let fixture = try Fixture()
    _ = try await fixture.deal(people: 4)
    var policy = TablePolicy()
    policy.dealsHands = false
    try fixture.resume(raisingFence: true, policy: policy)
    // Who is there would play on.
    let witness = try await fixture.watch(1)
    await fixture.table.begin()
    while fixture.hand != nil {
      await fixture.play()
      await fixture.table.whenIdle()
    }
    #expect(fixture.database.state.withLock { $0.settlements } == 1)
    await fixture.pass(30_000)
    #expect(fixture.hand == nil)
    #expect(witness.of("hand.ended").count == 1)
    #expect(witness.of("hand.started").isEmpty && witness.of("deal.committed").isEmpty)
    // The same table deals where hands are dealt.
    try fixture.resume(raisingFence: true)
    _ = try await fixture.watch(1)
    await fixture.table.begin()
    await fixture.pass(Int64(fixture.policy.breakAfterHandMilliseconds))
    #expect(fixture.hand != nil)
  }

  @Test("A promised deal is kept by the next host")
  func keepsThePromise() async throws {
    let fixture = try Fixture()
    await fixture.table.begin()
    let first = try await fixture.watch(1)
    await fixture.sit(1)
    await fixture.sit(2)
    await fixture.table.whenIdle()
    let promised = first.of("deal.committed").first?["commit"]?.text
    try fixture.resume(raisingFence: true)
    await fixture.table.begin()
    let second = try await fixture.watch(1)
    await fixture.table.whenIdle()
    #expect(promised != nil)
    #expect(second.of("deal.committed").first?["commit"]?.text == promised)
    await fixture.pass(3_000)
    #expect(second.of("hand.started").first?["commit"]?.text == promised)
  }

  /// What every seat and a spectator see, but for what a new host may change: numbers of events,
  /// presence, and times.
  private func views(_ fixture: Fixture) async throws -> [JSON] {
    var views: [JSON] = []
    for number in [1, 2, 3, 4, nil] as [Int?] {
      let frame = await fixture.table.snapshot(for: number.map(Fixture.player))
      views.append(frame.json.lasting)
    }
    return views
  }
}

extension JSON {
  /// Without what a new host may change.
  var lasting: JSON {
    switch self {
    case .object(let members):
      .object(
        members.filter { !["seq", "online", "spectators"].contains($0.key) }
          .mapValues(\.lasting))
    case .list(let list): .list(list.map(\.lasting))
    default: self
    }
  }
}
