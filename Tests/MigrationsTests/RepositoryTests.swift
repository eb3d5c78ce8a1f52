import Foundation
import Migrations
import Postgres
import Testing

extension ServerTests {
  @Suite("The migrations of this repository")
  struct Repository {
    /// The tests run in the root of the package.
    private static let folder = MigrationFolder.defaultPlace
    private static let setup = "database/setup.sql"

    private func migrate<Value>(
      _ target: TestTarget, _ work: (MigrationRunner) async throws -> Value
    ) async throws -> Value {
      let folder = try MigrationFolder(path: Self.folder)
      return try await MigrationSession.with(
        target.configuration, command: "higgs migrate test", limits: MigrationLimits()
      ) { try await work(MigrationRunner(session: $0, folder: folder)) }
    }

    /// Runs `psql` on a file; answers its exit code.
    private func psql(_ file: String, on target: TestTarget) async throws -> Int32 {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = [
        "psql", "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", file,
        target.connectionString,
      ]
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      return try await withCheckedThrowingContinuation { continuation in
        process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
        do { try process.run() } catch { continuation.resume(throwing: error) }
      }
    }

    @Test("They run, are what was applied, and leave no drift")
    func run() async throws {
      try await TestServer.withDatabase { target in
        _ = try await migrate(target) { try await $0.up(to: nil) }
        #expect(try await migrate(target) { try await $0.up(to: nil) }.migrations.isEmpty)
        #expect(try await migrate(target) { try await $0.verify() }.exitCode == .ok)
        let drift = try await migrate(target) { try await $0.drift(ignoring: []) }
        #expect(drift.differences.map(\.line) == [])
      }
    }

    @Test("Each can be run alone by psql, and the outcome is adopted as equal")
    func runByHand() async throws {
      try await TestServer.withDatabase { target in
        let files = try MigrationFolder(path: Self.folder).files
        for file in files {
          #expect(try await psql("\(Self.folder)/\(file.fileName)", on: target) == 0)
        }
        let report = try await migrate(target) { try await $0.baseline(to: nil) }
        #expect(report.migrations.count == files.count)
      }
    }

    @Test(
      "setup.sql leaves the same schema and the same records as 'up'",
      .enabled(if: FileManager.default.fileExists(atPath: setup), "setup.sql is not made yet"))
    func setupIsEqual() async throws {
      try await TestServer.withDatabase { target in
        #expect(try await psql(Self.setup, on: target) == 0)
        let (schema, records) = (try await target.snapshot(), try await target.records())
        try await TestServer.withDatabase { other in
          _ = try await migrate(other) { try await $0.up(to: nil) }
          #expect(try await other.snapshot().differences(to: schema).map(\.line) == [])
          #expect(try await other.records() == records)
        }
        #expect(try await migrate(target) { try await $0.up(to: nil) }.migrations.isEmpty)
      }
    }
  }
}
