import Core
import Domino
import Tables
import Testing

@Suite("Private rooms, and rooms that nobody enters", .timeLimit(.minutes(5)))
struct DoorTests {
  private static let code = "ABCD2345"

  @Test("A private room is watched and played at by those who have its code, and by its creator")
  func code() async throws {
    let fixture = try Fixture(joinCode: Self.code, creator: Fixture.player(1))
    await fixture.table.begin()
    for wrong in [nil, "ABCD2346", ""] as [String?] {
      await #expect(throws: CommandError.joinCodeNeeded) {
        try await fixture.table.subscribe(fixture.eyes(2, code: wrong))
      }
      #expect(await fixture.wish(2, code: wrong).code == .joinCodeNeeded)
    }
    #expect(fixture.database.record.stays.isEmpty)
    try await fixture.table.subscribe(fixture.eyes(2, code: Self.code))
    #expect(await fixture.wish(2, code: nil).done != nil, "whoever watches has shown the code")
    #expect(await fixture.wish(3, code: Self.code).done != nil)
    try await fixture.table.subscribe(fixture.eyes(1, code: nil))
    try await fixture.table.subscribe(fixture.eyes(3, code: nil))
    let snapshot = await fixture.table.snapshot(for: Fixture.player(1)).json
    #expect(snapshot["state"]?["join_code"]?.text == Self.code)
  }

  @Test("A player's room in which nobody has sat or watched for ten minutes is closed")
  func forsaken() async throws {
    let fixture = try Fixture(creator: Fixture.player(1))
    await fixture.table.begin()
    await fixture.pass(599_000)
    #expect(fixture.database.record.status == .open)
    let witness = try await fixture.watch(9)
    await fixture.pass(1_200_000)
    #expect(fixture.database.record.status == .open, "somebody watches")
    await fixture.table.unsubscribe(witness.id)
    await fixture.pass(599_000)
    #expect(fixture.database.record.status == .open, "the time begins anew")
    await fixture.pass(1_001)
    #expect(fixture.database.record.status == .closed)
    await #expect(throws: CommandError.moved) { _ = try await fixture.watch(9) }
  }

  @Test("Nobody is sent out of a room with a person in it, and the chips of bots go home")
  func seated() async throws {
    var policy = TablePolicy()
    policy.awayLimitMilliseconds = 5_000_000
    policy.botsAloneMilliseconds = 5_000_000
    let fixture = try Fixture(policy: policy, creator: Fixture.player(1))
    await fixture.table.begin()
    await fixture.sit(1)
    await fixture.sit(2, isBot: true)
    let total = fixture.database.total
    await fixture.pass(4_000_000)
    #expect(fixture.database.record.status == .open)
    _ = await fixture.table.submit(PlayerCommand(.stand), by: Fixture.player(1))
    await fixture.table.whenIdle()
    await fixture.pass(600_001)
    #expect(fixture.database.record.status == .closed)
    #expect(fixture.database.record.stays.isEmpty && fixture.database.total == total)
  }

  @Test("The house's rooms stay")
  func ofTheHouse() async throws {
    let fixture = try Fixture()
    await fixture.table.begin()
    await fixture.pass(10_000_000)
    #expect(fixture.database.record.status == .open)
  }
}

extension Fixture {
  fileprivate func eyes(_ number: Int, code: String?) -> Subscriber {
    Subscriber(id: UInt64(number), player: Fixture.player(number), joinCode: code) { _ in }
  }

  fileprivate func wish(_ number: Int, code: String?) async -> CommandReply {
    account(number)
    return await table.submit(
      PlayerCommand(
        .sit(session: Fixture.session(number), seat: nil, buyIn: 10_000), joinCode: code),
      by: Fixture.player(number))
  }
}
