import Foundation
import Postgres
import TestSupport
import Testing

@Suite("higgs backup")
struct BackupTests {
  @Test("a backup that is restored is the same database, and its ledger verifies")
  func roundTrip() async throws {
    try await Workshop.with { shop in
      let before = try await PostgresConnection.withConnection(shop.database) {
        try await TablePrints(of: $0)
      }
      let file = try await shop.make()
      #expect(try shop.names().count == 2)
      try await shop.restore(file) { result, target in
        #expect(result.exitCode == 0, "\(result.output)\(result.errors)")
        #expect(result.output.contains("ok    ledger: seals_intact"))
        #expect(result.output.contains("ok    ledger: head_is_in_the_chain"))
        #expect(result.output.contains("ok    backup: rows_of_transactions"))
        #expect(result.output.contains("is as it was"))
        try await PostgresConnection.withConnection(target) { restored in
          let after = try await before.again(restored)
          #expect(before.differences(to: after) == [])
        }
        let drift = try await Program.run(
          Program.higgs, ["migrate", "drift", "--migrations", MigratedDatabase.migrations.path],
          environment: ["DATABASE_URL": target.connectionString])
        #expect(drift.exitCode == 0, "\(drift.output)\(drift.errors)")
      }
    }
  }

  @Test("a backup of an older server is restored into a younger one, and takes payments there")
  func younger() async throws {
    try await Workshop.with { shop in
      let file = try await shop.make()
      try await PrivateServer.with { server in
        try await PostgresConnection.withConnection(server.configuration) {
          try await $0.execute(script: "create database restored template template0")
        }
        let target = server.configuration.with(database: "restored")
        let result = try await shop.backup(
          ["restore", file, "--json"], on: target, programs: Command.postgresFolder)
        #expect(result.exitCode == 0, "\(result.output)\(result.errors)")
        #expect(!result.output.contains(#""base_after" : 0"#))
        try await PostgresConnection.withConnection(target) { restored in
          let outcome = try await restored.query(
            """
            select outcome from post_transactions(
              array[new_id()], array['grant'], array[wallet_of('issue', 'COINS')],
              array[(select min(id) from user_wallets where kind = 'player')], array['COINS'],
              array[7::bigint])
            """
          ).one().decode(String.self)
          #expect(outcome == "ok")
        }
      }
    }
  }

  @Test("anything but an empty database is refused and left alone")
  func notEmpty() async throws {
    try await Workshop.with { shop in
      let file = try await shop.make()
      let result = try await shop.backup(["restore", file], programs: Command.postgresFolder)
      #expect(result.exitCode == 1)
      #expect(result.errors.contains("is not empty"))
    }
  }

  @Test("a backup with one other byte, or that is cut off, is refused before anything is done")
  func corrupted() async throws {
    try await Workshop.with { shop in
      let file = try await shop.make()
      var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
      let whole = bytes
      bytes[bytes.count / 2] ^= 1
      for broken in [bytes, whole.prefix(whole.count - 1)] {
        try broken.write(to: URL(fileURLWithPath: file))
        try await shop.restore(file) { result, target in
          #expect(result.exitCode == 65, "\(result.errors)")
          #expect(result.errors.contains("is not what was backed up"))
          try await Self.expectEmpty(target)
        }
        let list = try await shop.backup(["list", "--from", shop.path, "--verify"])
        #expect(list.exitCode == 1)
        #expect(list.output.contains("than its manifest says"))
      }
    }
  }

  @Test("a dump without a manifest is taken only where that is said, and only if it is one of ours")
  func noManifest() async throws {
    try await Workshop.with { shop in
      let file = try await shop.make()
      unlink(file.replacing(".dump", with: ".json"))
      try await shop.restore(file) { result, target in
        #expect(result.exitCode == 65)
        #expect(result.errors.contains("--no-manifest"))
        try await Self.expectEmpty(target)
      }
      try await shop.restore(file, ["--no-manifest"]) { result, _ in
        #expect(result.exitCode == 0, "\(result.errors)")
      }
      let text = try shop.folder.write("text.dump", "no dump at all")
      try await shop.restore(text, ["--no-manifest"]) { result, target in
        #expect(result.exitCode == 65)
        #expect(result.errors.contains("is no whole dump"))
        try await Self.expectEmpty(target)
      }
    }
  }

  @Test("older backups are removed, and never the last good one")
  func keeps() async throws {
    try await Workshop.with { shop in
      let first = try await shop.make(keep: 2)
      let second = try await shop.make(keep: 2)
      #expect(try shop.names().count == 4)
      // A broken one does not count.
      try Data("x".utf8).write(to: URL(fileURLWithPath: second))
      let third = try await shop.make(keep: 2)
      for file in [first, third] { #expect(access(file, F_OK) == 0) }
      _ = try await shop.make(keep: 2)
      #expect(access(first, F_OK) != 0)
      #expect(access(third, F_OK) == 0)
    }
  }

  private static func expectEmpty(_ database: PostgresConfiguration) async throws {
    try await PostgresConnection.withConnection(database) { connection in
      let count = try await connection.query(
        "select count(*) from pg_class where relnamespace = 'public'::regnamespace"
      ).one().decode(Int64.self)
      #expect(count == 0)
    }
  }
}
