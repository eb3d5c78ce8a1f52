/// Works on one database with the files of one folder.
package struct MigrationRunner: Sendable {
  /// The session that it works on.
  package let session: MigrationSession
  let folder: MigrationFolder
  let limits: MigrationLimits
  let report: @Sendable (MigrationEvent) -> Void

  /// A runner on an open session; `report` hears what happens while it happens.
  package init(
    session: MigrationSession,
    folder: MigrationFolder,
    limits: MigrationLimits = .init(),
    report: @escaping @Sendable (MigrationEvent) -> Void = { _ in }
  ) {
    self.session = session
    self.folder = folder
    self.limits = limits
    self.report = report
  }

  /// How files and records stand.
  package func status() async throws -> StatusReport {
    StatusReport(
      database: try await session.databaseName(),
      folder: folder,
      plan: try await makePlan()
    )
  }

  /// What `up(to:)` would run.
  package func plan(to target: Int?, showsSQL: Bool) async throws -> PlanReport {
    let plan = try await makePlan()
    return PlanReport(
      database: try await session.databaseName(),
      appliedVersion: plan.appliedVersion,
      files: try plan.filesToRun(to: target),
      showsSQL: showsSQL
    )
  }

  /// Whether the recorded files are what was applied.
  package func verify() async throws -> VerifyReport {
    VerifyReport(database: try await session.databaseName(), plan: try await makePlan())
  }

  /// Runs what is pending, up to `target` (nil for the newest), one migration at a time.
  package func up(to target: Int?) async throws -> UpReport {
    try await session.fitness().check()
    return try await lock.whileHeld {
      let plan = try await makePlan()
      let files = try plan.filesToRun(to: target)
      try await checkRights(toRun: files)
      var done: [UpReport.Migration] = []
      for file in files {
        report(.started(file: file.fileName))
        let duration = try await run(file)
        report(.finished(file: file.fileName, durationMilliseconds: duration))
        done.append(UpReport.Migration(file, durationMilliseconds: duration))
      }
      return UpReport(
        database: try await session.databaseName(),
        version: files.last?.version ?? plan.appliedVersion,
        migrations: done,
        verb: "applied"
      )
    }
  }
}

extension MigrationRunner {
  var retry: LockRetry { LockRetry(limits: limits, report: report) }
  var lock: MigrationLock { MigrationLock(session: session, limits: limits, report: report) }

  func makePlan() async throws -> MigrationPlan {
    try await session.reset()
    let history = try await session.history()
    let recorded = Set(history.records.map(\.version))
    let unrecorded = folder.files.filter { !recorded.contains($0.version) }
    return MigrationPlan(
      files: folder.files,
      history: history,
      indexes: try await session.indexStates(of: unrecorded)
    )
  }

  private func checkRights(toRun files: [MigrationFile]) async throws {
    let rights = try await session.rights()
    let missing = rights.missing(toRun: files)
    guard missing.isEmpty else {
      throw MigrationError.missingRights(role: rights.role, missing)
    }
  }

  private func run(_ file: MigrationFile) async throws -> Int {
    switch file.mode {
    case .transaction: try await runInTransaction(file)
    case .statements: try await runStatements(file)
    }
  }
}
