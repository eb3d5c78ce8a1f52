import Postgres
import TestSupport
import Testing

@Suite("Pipelining", .timeLimit(.minutes(2)))
struct PipelineTests {
  @Test("A value goes there and back")
  func oneValue() async throws {
    try await withDatabaseConnection { connection in
      let row = try await connection.query("select \(42)::int8, \("text")").one()
      let (number, text) = try row.decode((Int64, String).self)
      #expect(number == 42)
      #expect(text == "text")
    }
  }

  @Test("A thousand queries from a hundred tasks each get their own answer")
  func thousandQueries() async throws {
    try await withDatabaseConnection { connection in
      let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
        for task in 0..<100 {
          group.addTask {
            var wrong = 0
            for number in 0..<10 {
              let sent = task * 10 + number
              let got = try await connection.query("select \(sent)").one().decode(Int.self)
              if got != sent { wrong += 1 }
            }
            return wrong
          }
        }
        return try await group.reduce(0, +)
      }
      #expect(wrong == 0)
    }
  }
}
