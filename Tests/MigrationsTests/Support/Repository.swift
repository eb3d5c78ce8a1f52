import Foundation
import Migrations
import Postgres
import TestSupport

extension TestTarget {
  /// Does `work` with the repository's own migrations.
  func withRepository<Value>(
    _ work: (MigrationRunner) async throws -> Value
  ) async throws -> Value {
    let folder = try MigrationFolder(path: MigratedDatabase.migrations.path)
    return try await MigrationSession.with(
      configuration, command: "higgs migrate test", limits: MigrationLimits()
    ) { try await work(MigrationRunner(session: $0, folder: folder)) }
  }

  /// Does `work` with a connection to it.
  func connected<Value>(
    _ work: (PostgresConnection) async throws -> Value
  ) async throws -> Value {
    try await PostgresConnection.withConnection(configuration, work)
  }
}

/// A file beside the tests.
func testFile(_ path: String) throws -> String {
  try String(contentsOf: Bundle.module.bundleURL.appending(path: path), encoding: .utf8)
}
