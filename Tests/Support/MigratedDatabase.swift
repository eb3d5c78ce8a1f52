package import Foundation
package import Postgres

/// A migrated database on a server of the test's own.
package enum MigratedDatabase {
  /// The folder of the migrations, found from this file.
  package static var migrations: URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
      .appending(path: "database/migrations")
  }

  /// Makes the database and applies every migration; how to connect to it.
  package static func make(on server: PrivateServer) async throws -> PostgresConfiguration {
    let maintenance = try await PostgresConnection.connect(server.configuration)
    try await maintenance.execute(script: "create database higgs")
    await maintenance.close()
    let configuration = server.configuration.with(database: "higgs")
    let connection = try await PostgresConnection.connect(configuration)
    let files = try FileManager.default.contentsOfDirectory(
      at: migrations, includingPropertiesForKeys: nil)
    for file in files.sorted(by: { $0.lastPathComponent < $1.lastPathComponent }) {
      try await connection.execute(script: String(contentsOf: file, encoding: .utf8))
    }
    await connection.close()
    return configuration
  }
}
