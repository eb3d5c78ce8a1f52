import Dispatch
import FoundationEssentials
import Postgres
import TestSupport
import Testing

@Suite("Swift's threads", .timeLimit(.minutes(5)))
struct NonBlockingTests {
  @Test("Others go on while more statements wait than there are cores")
  func progress() async throws {
    try await withDatabase { database in
      let count = ProcessInfo.processInfo.activeProcessorCount * 4
      let gate = try await database.connect()
      try await gate.execute("select pg_advisory_lock(1)")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<count {
          group.addTask {
            let connection = try await database.connect()
            try await connection.execute("select pg_advisory_lock_shared(1)")
            await connection.close()
          }
        }
        // This goes through Swift's pool again and again. If its threads were blocked by those who
        // wait for the lock, which we hold, neither it nor the test would ever end.
        while try await gate.query(
          "select count(*) from pg_locks where locktype = 'advisory' and not granted"
        ).one().decode(Int.self) < count {
          await Task.yield()
        }
        let turns = await withTaskGroup(of: Int.self) { group in
          for turn in 0..<1_000 { group.addTask { turn } }
          return await group.reduce(0) { sum, _ in sum + 1 }
        }
        #expect(turns == 1_000)
        try await gate.execute("select pg_advisory_unlock(1)")
        try await group.waitForAll()
      }
      await gate.close()
    }
  }

  @Test("Even where libpq blocks, it blocks no thread of Swift's pool")
  func foreignThreads() async throws {
    try await withDatabase { database in
      let count = ProcessInfo.processInfo.activeProcessorCount * 4
      let gate = DispatchSemaphore(value: 0)
      var connections: [PostgresConnection] = []
      for _ in 0..<count { connections.append(try await database.connect()) }
      // As a slow look-up of a name would.
      for connection in connections { connection.queue.async { gate.wait() } }
      let turns = await withTaskGroup(of: Int.self) { group in
        for turn in 0..<1_000 { group.addTask { turn } }
        return await group.reduce(0) { sum, _ in sum + 1 }
      }
      #expect(turns == 1_000)
      let other = try await database.connect()
      #expect(try await other.query("select 1").count == 1)
      for _ in 0..<count { gate.signal() }
      for connection in connections + [other] { await connection.close() }
    }
  }
}
