import Core
import Postgres
import Store
import TestSupport
import Testing

/// Everything that a host writes durably.
enum DurableCall: String, CaseIterable, Sendable {
  case append, settle, void, startHand, sitDown, topUp, standUp, close

  /// Whether the call needs a hand that runs.
  var needsHand: Bool { [.append, .settle, .void].contains(self) }

  /// Makes the call as the host that has the table's fence; what it answers.
  func make(
    _ table: TableFixture, _ hand: ID<Hand>, _ client: some PostgresClient
  ) async throws -> String {
    let rooms = Rooms(client)
    let now = hand.millisecondsSince1970
    switch self {
    case .append: return try await Journal(client).append([table.append(hand, from: 1)])[0].rawValue
    case .settle: return try await Hands(client).settle(table.settlement(hand)).rawValue
    case .void:
      return try await Hands(client).void(hand, fence: table.fence, reason: "test").rawValue
    case .startHand: return try await Hands(client).start(table.start(hand)).outcome.rawValue
    case .sitDown:
      return try await rooms.sitDown(
        LedgerFixture.randomID(at: now), room: table.room, fence: table.fence,
        player: table.players[0], seat: 3, buyIn: TableFixture.buyIn
      ).rawValue
    case .topUp:
      return try await rooms.topUp(
        table.sessions[0], payment: LedgerFixture.randomID(at: now), fence: table.fence,
        amount: 500
      ).rawValue
    case .standUp:
      return try await rooms.standUp(table.sessions[0], fence: table.fence).outcome.rawValue
    case .close: return try await rooms.close(table.room, fence: table.fence).rawValue
    }
  }
}

@Suite("A takeover", .timeLimit(.minutes(5)))
struct TakeoverTests {
  @Test("refuses everything that the old host writes afterwards", arguments: DurableCall.allCases)
  func after(call: DurableCall) async throws {
    try await withTable(call) { table, hand, old, new, owner in
      try await table.expireLease(owner)
      #expect(try await Self.take(new).map(\.room) == [table.room])
      #expect(try await call.make(table, hand, old) == "fenced")
    }
  }

  @Test(
    "that has not committed yet makes the old host wait, and then refuses it",
    arguments: DurableCall.allCases)
  func during(call: DurableCall) async throws {
    try await withTable(call) { table, hand, old, new, owner in
      try await table.expireLease(owner)
      let process = await old.serverProcess
      let answer = try await new.withTransaction { transaction in
        let taken = try await Self.take(transaction)
        #expect(taken.map(\.room) == [table.room])
        let answer = Task { try await call.make(table, hand, old) }
        try await Self.untilWaiting(process, owner)
        return answer
      }
      #expect(try await answer.value == "fenced")
    }
  }

  @Test(
    "that is rolled back lets the old host go on", arguments: DurableCall.allCases)
  func rolledBack(call: DurableCall) async throws {
    struct ChangeOfMind: Error {}
    try await withTable(call) { table, hand, old, new, owner in
      try await table.expireLease(owner)
      let process = await old.serverProcess
      var answer: Task<String, any Error>?
      await #expect(throws: ChangeOfMind.self) {
        try await new.withTransaction { transaction in
          _ = try await Self.take(transaction)
          answer = Task { try await call.make(table, hand, old) }
          try await Self.untilWaiting(process, owner)
          throw ChangeOfMind()
        }
      }
      #expect(try await answer?.value != "fenced")
    }
  }

  @Test(
    "passes over a room that is being written to, and sees the write in its next round",
    arguments: DurableCall.allCases)
  func afterWrite(call: DurableCall) async throws {
    try await withTable(call) { table, hand, old, new, owner in
      try await table.expireLease(owner)
      let node = try await Nodes(new).register(
        name: "new", internalAddress: "127.0.0.1:2", rulesVersions: [1])
      try await old.withTransaction { transaction in
        let answer = try await call.make(table, hand, transaction)
        #expect(answer != "fenced")
        let taken = try await Nodes(new).takeRooms(for: node)
        #expect(taken.isEmpty)
      }
      let taken = try await Nodes(new).takeRooms(for: node)
      if call == .close {
        #expect(taken.isEmpty, "a closed room has no host")
      } else {
        #expect(taken.map(\.fence) == [table.fence + 1])
        #expect(try await call.make(table, hand, old) == "fenced")
      }
      if call == .append {
        #expect(try await Journal(new).moves(of: hand) == table.append(hand, from: 1).moves)
      }
    }
  }

  @Test("leaves alone a node that renews its lease, and hands of rules that it does not know")
  func leavesAlone() async throws {
    try await withTable(.append) { table, _, old, new, owner in
      #expect(try await Self.take(new).isEmpty)
      try await table.expireLease(owner)
      let stranger = try await Nodes(new).register(
        name: "old rules", internalAddress: "127.0.0.1:3", rulesVersions: [7])
      #expect(try await Nodes(new).takeRooms(for: stranger).isEmpty)
      #expect(try await Nodes(old).renew(table.node))
      #expect(try await Self.take(new).isEmpty)
    }
  }

  private static func take(_ client: some PostgresClient) async throws -> [TakenRoom] {
    let node = try await Nodes(client).register(
      name: "new", internalAddress: "127.0.0.1:2", rulesVersions: [1])
    return try await Nodes(client).takeRooms(for: node)
  }

  /// Returns once that server process waits for an advisory lock.
  private static func untilWaiting(
    _ process: Int32, _ owner: PostgresConnection
  ) async throws {
    while true {
      let waiting = try await owner.query(
        """
        select count(*) from pg_locks
        where pid = \(process) and locktype = 'advisory' and not granted
        """
      ).one().decode(Int64.self, column: 0)
      if waiting > 0 { return }
    }
  }

  private func withTable(
    _ call: DurableCall,
    _ body: (
      TableFixture, ID<Hand>, PostgresConnection, PostgresConnection, PostgresConnection
    ) async throws -> Void
  ) async throws {
    try await withDatabase(template: .migrated) { database in
      let old = try await database.connect()
      let new = try await database.connect()
      let owner = try await database.connect()
      let table = try await TableFixture.make(old, players: 3)
      let hand: ID<Hand> = LedgerFixture.randomID(at: try await LedgerFixture.now(owner))
      if call.needsHand {
        let started = try await Hands(old).start(table.start(hand))
        #expect(started.outcome == .ok)
      }
      try await body(table, hand, old, new, owner)
      for check in try await Ledger(owner).verify() + Journal(owner).verify() {
        #expect(check.isOK, "\(check.name): \(check.problem ?? "")")
      }
      for connection in [old, new, owner] { await connection.close() }
    }
  }
}
