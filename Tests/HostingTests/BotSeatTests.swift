import Core
import Domino
import Hosting
import Postgres
import Store
import Tables
import TestSupport
import Testing

@Suite("Bots give up their seats, on a database", .timeLimit(.minutes(5)))
struct BotSeatTests {
  @Test("Quick seat brings two people together: a bot stands up for the second one")
  func meet() async throws {
    try await withDatabase(template: .migrated) { database in
      var policy = TablePolicy.hasty
      policy.turnMilliseconds = 100
      policy.timeBankMilliseconds = 0
      policy.timeBankRefillMilliseconds = 0
      policy.autoPlayedHandsMax = 1_000
      let fixture = try await HostFixture.start(on: database, policy: policy)
      let first = try await fixture.player("ayu")
      let second = try await fixture.player("budi")
      let found = try await fixture.seat(first)
      let table = try #require(await fixture.table(found.room))
      try await table.subscribe(Witness(first).subscriber)
      let eyes = Witness(second)
      try await table.subscribe(eyes.subscriber)
      await eyes.wait(for: 1, "hand.started")
      let session = fixture.session()
      let other = try await fixture.seat(second, session: session)
      #expect(other.room == found.room && other.seat != found.seat)
      while await table.place(of: second) == nil { try await eyes.waitForMore() }
      let place = try #require(await table.place(of: second))
      #expect(place.session == session && place.seat == other.seat)
      let occupancy = await table.occupancy
      #expect(occupancy.people == 2 && occupancy.bots == 2)
      if other.isWaiting {
        #expect(eyes.messages.contains { $0.type == "seat.promised" })
      }
      try await fixture.stop()
      #expect(try await fixture.problems() == [])
    }
  }

  @Test("Rooms of games that are not hosted are left alone, and are not found")
  func strangers() async throws {
    try await withDatabase(template: .migrated) { database in
      let room = try await PostgresConnection.withConnection(database.configuration) { connection in
        try await connection.query(
          """
          select create_room(
            'Klub', 'qiuqiu', 'COINS', 500, 10000, 200000, 7::smallint, 300::smallint, 20000)
          """
        ).one().decode(Int64.self)
      }
      let fixture = try await HostFixture.start(on: database)
      #expect(fixture.host.counters.rooms == 0)
      guard case .notFound = await fixture.host.room(SerialID(rawValue: room)) else {
        Issue.record("a room of another game was found")
        return
      }
      try await fixture.stop()
    }
  }

  @Test("A player's room that is empty for long is closed in the database, and listed no more")
  func forsaken() async throws {
    try await withDatabase(template: .migrated) { database in
      var policy = TablePolicy.hasty
      policy.emptyLimitMilliseconds = 300
      policy.botsAloneMilliseconds = 60_000
      let fixture = try await HostFixture.start(on: database, policy: policy)
      let creator = try await fixture.player("ayu")
      let ofPlayer = try await fixture.host.openRoom(
        NewRoom(stake: "gaple_warung", creator: creator)
      ).room
      let ofHouse = try await fixture.host.openRoom(NewRoom(stake: "gaple_warung")).room
      _ = try await fixture.host.addBots(2, to: ofPlayer)
      while fixture.host.occupancies.contains(where: { $0.room == ofPlayer }) {
        try await Task.sleep(for: .milliseconds(20))
      }
      let listed = try await LobbyReads(fixture.pool).rooms(
        game: "gaple", stake: nil, joinCode: nil, before: nil, limit: 10)
      #expect(listed.map(\.id) == [ofHouse.rawValue])
      guard case .notFound = await fixture.host.room(ofPlayer) else {
        Issue.record("a closed room was found")
        return
      }
      try await fixture.stop()
      #expect(try await fixture.problems() == [])
    }
  }
}

extension HostFixture {
  /// Finds a seat at the lowest stake.
  func seat(_ player: ID<Player>, session: ID<Session>? = nil) async throws -> SeatFound {
    try await host.quickSeat(
      SeatWish(
        player: player, stake: "gaple_warung", buyIn: 5_000, session: session ?? self.session()))
  }
}

extension Witness {
  /// Returns once there is one frame more than now.
  func waitForMore() async throws {
    let count = frames.count
    while frames.count == count { try await Task.sleep(for: .milliseconds(1)) }
  }
}
