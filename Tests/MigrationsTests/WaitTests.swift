import Foundation
import Testing

extension ServerTests {
  @Suite("Waiting for the schema")
  struct Wait {
    /// `HiggsProcess` has three files, of which the last is 3.
    private func wait(
      _ target: TestTarget, seconds: Int, files: [(name: String, sql: String)] = Fixture.files
    ) throws -> HiggsProcess {
      try HiggsProcess(
        ["migrate", "wait", "--timeout-seconds", "\(seconds)"], on: target, files: files)
    }

    @Test("It waits for tables and for the version, tells each change once, and ends with 0")
    func waits() async throws {
      try await TestServer.withDatabase { target in
        let run = try wait(target, seconds: 60)
        try await run.waitForOutput("no tables yet; waiting for version 3\n")
        _ = try await target.migrate { try await $0.up(to: 2) }
        try await run.waitForOutput("is at 2; waiting for version 3\n")
        _ = try await target.migrate { try await $0.up(to: nil) }
        #expect(await run.exitCode == 0)
        let lines = run.outputText.split(separator: "\n")
        #expect(lines.count == Set(lines).count && lines.count <= 4, "\(lines)")
        #expect(lines.last == "the database is at 3; 3 is needed")
      }
    }

    @Test("A later version than the files have is good: a rollback's pods must start")
    func later() async throws {
      try await TestServer.withDatabase { target in
        _ = try await target.migrate { try await $0.up(to: nil) }
        let run = try wait(target, seconds: 0, files: Array(Fixture.files.dropLast()))
        #expect(await run.exitCode == 0)
        #expect(run.outputText == "the database is at 3; 2 is needed\n")
      }
    }

    @Test("When the time is over it ends with 4 and says what to look at")
    func timesOut() async throws {
      try await TestServer.withDatabase { target in
        let run = try wait(target, seconds: 1)
        #expect(await run.exitCode == 4)
        #expect(run.errorText.contains("in vain for version 3"))
        var nowhere = target
        nowhere.configuration.options["port"] = "1"
        nowhere.configuration.options["host"] = "127.0.0.1"
        let other = try wait(nowhere, seconds: 0)
        #expect(await other.exitCode == 4)
        #expect(other.outputText.hasPrefix("the database cannot be asked: "))
      }
    }

    @Test("Without files it ends at once with 1, with a wrong command line with 2")
    func usage() async throws {
      try await TestServer.withDatabase { target in
        let empty = try wait(target, seconds: 60, files: [])
        #expect(await empty.exitCode == 1)
        let wrong = try wait(target, seconds: 86_401)
        #expect(await wrong.exitCode == 2)
      }
    }
  }
}
