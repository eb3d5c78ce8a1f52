import Core
import Foundation
import Postgres
import Store
import TestSupport
import Testing

/// A database in which a hand was played, and a folder for its backups.
struct Workshop {
  let database: PostgresConfiguration
  let folder: TemporaryFolder

  var path: String { folder.path("backups") }

  /// Makes both for the closure.
  static func with(_ body: (Workshop) async throws -> Void) async throws {
    try await withDatabase(template: .migrated) { database in
      let folder = try TemporaryFolder()
      let shop = Workshop(database: database.configuration, folder: folder)
      try FileManager.default.createDirectory(
        atPath: shop.path, withIntermediateDirectories: false)
      try await shop.play()
      try await body(shop)
    }
  }

  /// A whole hand, sealed.
  private func play() async throws {
    let example = MigratedDatabase.migrations.deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "examples/psql/hand.sql")
    try await Program.demand(
      Program.postgres("psql"),
      ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database.connectionString, "-f", example.path])
    try await PostgresConnection.withConnection(database) { connection in
      // Other tests' transactions hold the horizon back for a moment.
      let isFinal: SQL = "select ledger_horizon() > max(posted_xid) from transactions"
      while try await !connection.query(isFinal).one().decode(Bool.self) {
        try await Task.sleep(for: .milliseconds(50))
      }
      try await Ledger(connection).rollUp()
      try await Ledger(connection).seal()
    }
  }

  /// Runs `higgs backup` on the database.
  func backup(
    _ arguments: [String], on other: PostgresConfiguration? = nil, programs: String? = nil
  ) async throws -> ProgramResult {
    var words = ["backup"] + arguments
    if let programs { words += ["--postgres-programs", programs] }
    return try await Program.run(
      Program.higgs, words,
      environment: ["DATABASE_URL": (other ?? database).connectionString, "PGPASSWORD": ""])
  }

  /// Makes a backup that must succeed; its file.
  func make(keep: Int = 5) async throws -> String {
    let result = try await backup(
      ["run", "--to", path, "--keep", "\(keep)"], programs: Command.postgresFolder)
    try #require(result.exitCode == 0, "\(result.errors)")
    let name = try #require(result.output.split(separator: ":").first)
    return "\(path)/\(name)"
  }

  /// The names in the folder, but for the lock.
  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).filter { $0 != ".lock" }.sorted()
  }

  /// Restores into an empty database of the closure's.
  func restore(
    _ file: String, _ options: [String] = [],
    _ body: (ProgramResult, PostgresConfiguration) async throws -> Void
  ) async throws {
    try await withDatabase(template: .empty) { target in
      let result = try await backup(
        ["restore", file] + options, on: target.configuration, programs: Command.postgresFolder)
      try await body(result, target.configuration)
    }
  }

  /// A folder with programs in place of PostgreSQL's; each is a script for sh.
  func programs(_ scripts: [String: String]) throws -> String {
    let name = "programs-\(UInt32.random(in: 0...UInt32.max))"
    let path = folder.path(name)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    for program in ["pg_dump", "pg_restore"] {
      let real = Program.postgres(program)
      let file = try folder.write("\(name)/\(program)", scripts[program] ?? "exec \(real) \"$@\"")
      let text = try String(contentsOfFile: file, encoding: .utf8)
      try Data("#!/bin/sh\n\(text)\n".utf8).write(to: URL(fileURLWithPath: file))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
    }
    return path
  }
}

/// Where the tests' server has its programs.
enum Command {
  static var postgresFolder: String {
    String(Program.postgres("pg_dump").dropLast("/pg_dump".count))
  }
}
