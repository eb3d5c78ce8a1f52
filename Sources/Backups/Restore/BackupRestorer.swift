import Core
import Foundation
package import Postgres
import Store

/// Restores a backup into an empty database, and looks at what came of it.
package struct BackupRestorer: Sendable {
  /// How long one statement of the verification may take.
  private static let verificationMilliseconds = 6 * 3_600_000

  private let file: String
  private let database: PostgresConfiguration
  private let programs: PostgresPrograms
  private let timeoutSeconds: Int
  private let needsManifest: Bool

  /// A restore of a dump; `needsManifest` false takes one that has no manifest beside it.
  package init(
    _ file: String, into database: PostgresConfiguration, programs: PostgresPrograms,
    timeoutSeconds: Int, needsManifest: Bool
  ) {
    var database = database
    database.options["application_name"] = "higgs backup restore"
    database.settings["client_min_messages"] = "warning"
    database.statementTimeoutMilliseconds = Self.verificationMilliseconds
    self.file = file
    self.database = database
    self.programs = programs
    self.timeoutSeconds = timeoutSeconds
    self.needsManifest = needsManifest
  }

  /// Does it; `tell` hears of each step.
  package func restore(tell: (String) -> Void) async throws -> RestoreReport {
    let start = ContinuousClock.now
    let manifest = try checkedManifest()
    tell("the file is whole\(manifest == nil ? " as far as can be told without a manifest" : "")")
    do {
      var report = try await restore(manifest, tell)
      report.milliseconds = Int(start.duration(to: .now) / .milliseconds(1))
      return report
    } catch let error as PostgresError {
      throw BackupFailure(error)
    }
  }

  /// The manifest, where the dump is to the last byte what it says.
  private func checkedManifest() throws -> BackupManifest? {
    let url = URL(fileURLWithPath: file)
    guard FileManager.default.fileExists(atPath: file) else {
      throw BackupFailure(.notThere, "there is no file \(file). See: higgs backup list --from DIR")
    }
    let folder = try BackupFolder(url.deletingLastPathComponent().path)
    let stored = folder.stored(url.lastPathComponent)
    guard let manifest = stored.manifest else {
      guard needsManifest else { return nil }
      throw BackupFailure(
        .notABackup,
        "\(file) has no manifest beside it, so nobody knows whether it is whole. With "
          + "--no-manifest it is restored all the same.")
    }
    guard stored.state == .good, try BackupFolder.sha256(of: file) == manifest.sha256 else {
      throw BackupFailure(
        .notABackup,
        "\(file) is not what was backed up: its bytes are not those of its manifest. "
          + "Take another one, and look at the disk.")
    }
    return manifest
  }

  private func restore(
    _ manifest: BackupManifest?, _ tell: (String) -> Void
  ) async throws -> RestoreReport {
    try await PostgresConnection.withConnection(database) { connection in
      let major = await connection.serverVersion / 10_000
      let contents = try await DumpContents(of: file, programs: programs, major: major)
      guard contents.holdsData(of: "transactions") else {
        throw BackupFailure(.notABackup, "\(file) is a dump of something else: no ledger is in it.")
      }
      try await RestoreTarget.check(connection, manifest: manifest)
      try await RestoreTarget.makeRoles(connection)
      tell("the database is empty, the roles are there; restoring")
      try await runRestore(major: major)
      try await RestoreTarget.grantDatabase(connection)
      let bases = try await RestoreTarget.rebase(connection)
      tell("restored; gathering statistics and verifying")
      try await connection.execute(script: "analyze")
      return try await report(connection, manifest, bases)
    }
  }

  /// All of it, or nothing: one transaction.
  private func runRestore(major: Int) async throws {
    let program = try await programs.find("pg_restore", atLeast: major)
    let target = try PostgresPrograms.target(database)
    let ended = try await Subprocess(
      path: program.path,
      arguments: ["--exit-on-error", "--single-transaction", "--no-password"]
        + (target.arguments.isEmpty ? [] : target.arguments) + [file],
      environment: target.environment, timeoutSeconds: timeoutSeconds
    ).run()
    guard ended.status == 0, !ended.wasKilled else {
      throw BackupTaker.failure("pg_restore", ended, nil, timeoutSeconds)
    }
  }

  private func report(
    _ connection: PostgresConnection, _ manifest: BackupManifest?, _ bases: (Int64, Int64)
  ) async throws -> RestoreReport {
    let facts = try await BackupFacts(connection)
    let head = manifest?.ledgerHead.flatMap { Hexadecimal.bytes($0.hash) }
    return RestoreReport(
      file: file, database: facts.database, manifest: manifest, bases: bases,
      ledger: try await Ledger(connection).verify(head: head),
      journal: try await Journal(connection).verify(), found: facts)
  }
}
