import Core
import Domino
import Hosting
import Postgres
import Store
import Tables
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct RecoveryTests {
  @Test("A host that is cut off mid-hand is followed by another, which goes on at the same move")
  func followed() async throws {
    try await withDatabase(template: .migrated) { database in
      var policy = TablePolicy.hasty
      policy.playsWithoutPeople = true
      let first = try await HostFixture.start(on: database, policy: policy)
      let room = try await first.host.openRoom(NewRoom(stake: "gaple_warung")).room
      let table = try #require(await first.table(room))
      let before = Witness()
      try await table.subscribe(before.subscriber)
      _ = try await first.host.addBots(4, to: room)
      await before.wait(for: 20, "tile.placed")
      await first.pool.shutdown(graceMilliseconds: 0)

      let second = try await HostFixture.start(on: database, successor: true, policy: policy)
      let resumed = try #require(await second.table(room))
      let after = Witness()
      try await resumed.subscribe(after.subscriber)
      await after.wait(for: 1, "snapshot")
      await after.wait(for: 2, "hand.ended")
      try await second.stop()

      let shown = try await journalled(database)
      for move in before.moves { #expect(shown.contains(move), "\(move) was shown, not kept") }
      #expect(try await second.problems() == [])
      await first.host.shutdown()
    }
  }

  @Test("Where the lease ended but nobody took the rooms, they go on after a pause")
  func goesOn() async throws {
    try await withDatabase(template: .migrated) { database in
      var policy = TablePolicy.hasty
      policy.playsWithoutPeople = true
      let fixture = try await HostFixture.start(on: database, policy: policy)
      let room = try await fixture.host.openRoom(NewRoom(stake: "gaple_warung")).room
      let table = try #require(await fixture.table(room))
      let eyes = Witness()
      try await table.subscribe(eyes.subscriber)
      _ = try await fixture.host.addBots(4, to: room)
      await eyes.wait(for: 5, "tile.placed")
      try await PostgresConnection.withConnection(database.configuration) { owner in
        try await owner.withTransaction { transaction in
          // Renewals wait for this lock until the lease has ended; appends do not.
          _ = try await transaction.query("lock table server_nodes in share mode")
          await eyes.wait(for: 1, "paused")
        }
      }
      await eyes.wait(for: 1, "running")
      await eyes.wait(for: eyes.count("hand.ended") + 1, "hand.ended")
      #expect(eyes.count("moved") == 0)
      try await fixture.stop()
      #expect(try await fixture.problems() == [])
    }
  }

  /// Every move in the journal, as "hand number".
  private func journalled(_ database: TestDatabase) async throws -> Set<String> {
    try await PostgresConnection.withConnection(database.configuration) { connection in
      let rows = try await connection.query(
        "select h.number || ' ' || m.no from game_moves as m join game_hands as h on h.id = m.hand_id"
      ).decode(String.self)
      return Set(rows)
    }
  }
}

extension Witness {
  /// Every move that was shown, as "hand number".
  var moves: [String] {
    var hand = ""
    return messages.compactMap { message in
      if message.type == "hand.started" { hand = "\(message.json["number"]?.number ?? 0)" }
      guard let move = message.json["move"]?.number, message.json["tile"] != nil else { return nil }
      return "\(hand) \(move)"
    }
  }
}
