import Core
import Hosting
import Postgres
import Store
import Tables
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct HostTests {
  @Test("Bots play whole hands on the database, and every chip and move is accounted for")
  func botsPlay() async throws {
    try await withDatabase(template: .migrated) { database in
      var policy = TablePolicy.hasty
      policy.playsWithoutPeople = true
      let fixture = try await HostFixture.start(on: database, policy: policy)
      let room = try await fixture.host.openRoom(NewRoom(stake: "gaple_warung")).room
      let table = try #require(await fixture.table(room))
      let witness = Witness()
      try await table.subscribe(witness.subscriber)
      let seated = try await fixture.host.addBots(4, to: room)
      #expect(seated.count == 4)
      let lastSeq = await table.lastSeq
      #expect(seated.seq <= lastSeq)
      await witness.wait(for: 3, "hand.ended")
      try await fixture.stop()
      #expect(witness.count("hand.started") >= 3)
      #expect(witness.count("moved") == 1)
      #expect(try await fixture.problems() == [])
    }
  }
}
