import Foundation
package import Postgres

/// Makes backups of one database into one folder.
package struct BackupTaker: Sendable {
  /// How long `pg_dump` waits for a lock.
  private static let lockWaitMilliseconds = 60_000
  /// How long counting the rows of a table may take.
  private static let countMilliseconds = 3_600_000
  static let listTimeoutSeconds = 600

  private let database: PostgresConfiguration
  private let folder: BackupFolder
  private let programs: PostgresPrograms
  private let timeoutSeconds: Int

  /// What was done.
  package struct Taken: Sendable {
    /// The new backup.
    package var manifest: BackupManifest
    /// The names of those that were removed.
    package var removed: [String]
  }

  /// Backups of a database into a folder; one may take `timeoutSeconds`.
  package init(
    _ database: PostgresConfiguration, to folder: BackupFolder, programs: PostgresPrograms,
    timeoutSeconds: Int
  ) {
    var database = database
    database.options["application_name"] = "higgs backup"
    self.database = database
    self.folder = folder
    self.programs = programs
    self.timeoutSeconds = timeoutSeconds
  }

  /// Makes one, and then removes those that have `keep` newer good ones.
  package func take(keep: Int) async throws -> Taken {
    let lock = try FolderLock(folder)
    defer { withExtendedLifetime(lock) {} }
    try folder.removePartials()
    let manifest: BackupManifest
    do {
      manifest = try await dumped()
    } catch let error as PostgresError {
      throw BackupFailure(error)
    }
    var removed: [String] = []
    let old = Retention.superfluous(try folder.backups(of: manifest.database), keep: keep)
    for backup in old where backup.name != manifest.file {
      try folder.remove(backup)
      removed.append(backup.name)
    }
    return Taken(manifest: manifest, removed: removed)
  }

  /// The facts and the dump see one and the same snapshot, which our transaction holds.
  private func dumped() async throws -> BackupManifest {
    var session = database
    session.settings.merge([
      "search_path": "public", "idle_in_transaction_session_timeout": "0",
    ]) { $1 }
    return try await PostgresConnection.withConnection(session) { connection in
      try await connection.withTransaction(
        TransactionOptions(isolation: .repeatableRead, isReadOnly: true)
      ) { transaction in
        let snapshot = try await transaction.query("select pg_export_snapshot()").one()
          .decode(String.self, column: 0)
        let facts = try await BackupFacts(
          transaction, options: QueryOptions(timeoutMilliseconds: Self.countMilliseconds))
        return try await dump(facts, snapshot)
      }
    }
  }

  private func dump(_ facts: BackupFacts, _ snapshot: String) async throws -> BackupManifest {
    let start = ContinuousClock.now
    let name = folder.freeName(database: facts.database, takenAt: facts.takenAt)
    let partial = folder.file(".\(name)\(BackupFolder.partialEnding)")
    do {
      let version = try await runDump(facts, snapshot, into: partial)
      try await checkReadable(partial, major: facts.serverMajor)
      let manifest = BackupManifest(
        file: name, facts: facts, dumpVersion: version, bytes: BackupFolder.size(of: partial),
        sha256: try BackupFolder.sha256(of: partial),
        milliseconds: Int(start.duration(to: .now) / .milliseconds(1)))
      try folder.publish(partial: partial, manifest: manifest)
      return manifest
    } catch {
      unlink(partial)
      throw error
    }
  }

  /// Runs `pg_dump`; its version.
  private func runDump(
    _ facts: BackupFacts, _ snapshot: String, into file: String
  ) async throws -> String {
    let program = try await programs.find("pg_dump", atLeast: facts.serverMajor)
    let target = try PostgresPrograms.target(database)
    // Made by us, so that nobody else can read it at any moment.
    let made = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard made >= 0 else {
      throw BackupFailure(
        .cannotWrite, "\(folder.path) cannot be written to: \(BackupFolder.lastProblem).")
    }
    close(made)
    let ended = try await Subprocess(
      path: program.path,
      arguments: [
        "--format=custom", "--no-password", "--snapshot=\(snapshot)", "--file=\(file)",
        "--lock-wait-timeout=\(Self.lockWaitMilliseconds)",
      ] + target.arguments,
      environment: target.environment, timeoutSeconds: timeoutSeconds
    ).run()
    guard ended.status == 0, !ended.wasKilled else {
      throw Self.failure("pg_dump", ended, folder, timeoutSeconds)
    }
    return program.version
  }

  /// Whether `pg_restore` can read its table of contents, and finds our tables there.
  private func checkReadable(_ file: String, major: Int) async throws {
    let contents = try await DumpContents(of: file, programs: programs, major: major)
    let missing = BackupFacts.countedTables.filter { !contents.holdsData(of: $0) }
    guard missing.isEmpty else {
      throw BackupFailure(
        .failed, "the dump lacks the rows of \(missing.joined(separator: ", ")).")
    }
  }

  static func failure(
    _ program: String, _ ended: Subprocess.Ended, _ folder: BackupFolder?, _ timeoutSeconds: Int
  ) -> BackupFailure {
    let words = ended.errors.split(separator: "\n").suffix(8).joined(separator: "\n  ")
    if ended.isTooLate {
      return BackupFailure(
        .failed, "\(program) took longer than \(timeoutSeconds) s and was ended. See --timeout.")
    }
    if words.contains("No space left on device"), let folder {
      return BackupFailure(
        .cannotWrite, "the disk of \(folder.path) is full. Free some, or keep fewer backups.")
    }
    if words.contains("permission denied") {
      return BackupFailure(
        .failed, "\(program) may not read all:\n  \(words)\n\(BackupFailure.rights)")
    }
    let how = ended.wasKilled ? "was ended by signal" : "ended with status"
    return BackupFailure(.failed, "\(program) \(how) \(ended.status):\n  \(words)")
  }
}
