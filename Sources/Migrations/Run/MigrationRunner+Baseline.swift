extension MigrationRunner {
  /// Records the files up to `target` (nil for the newest) as applied, without running them, after
  /// proving that the database's schema is what they make.
  package func baseline(to target: Int?) async throws -> UpReport {
    try await session.fitness().check()
    return try await lock.whileHeld {
      let database = try await session.databaseName()
      let plan = try await makePlan()
      guard try await session.history() != .noTable else { throw MigrationError.noRecordTable }
      // That the record is empty is what brings people here.
      let files = try plan.leavingOutProblems { $0 == .unrecordedSchema }.filesToRun(to: target)
      guard let last = files.last else {
        return UpReport(
          database: database,
          version: plan.appliedVersion,
          migrations: [],
          verb: "adopted"
        )
      }
      try await proveEqual(upTo: last.version, isGiven: target != nil)
      try await adopt(files)
      return UpReport(
        database: database,
        version: last.version,
        migrations: files.map { UpReport.Migration($0, durationMilliseconds: 0) },
        verb: "adopted"
      )
    }
  }

  private func proveEqual(upTo version: Int, isGiven: Bool) async throws {
    let found = try await session.catalogInTransaction()
    let differences = try await expectedCatalog(upTo: version).differences(to: found)
    guard !differences.isEmpty else { return }
    throw MigrationError.schemaDiffers(
      version: version,
      differences: differences,
      equalTo: isGiven ? nil : try await versionThatMakes(found, before: version)
    )
  }

  /// The newest version whose files make exactly this schema: it may be that of an older release.
  private func versionThatMakes(
    _ found: CatalogSnapshot,
    before version: Int
  ) async throws -> Int? {
    for older in folder.files.map(\.version).filter({ $0 < version }).reversed()
    where try await expectedCatalog(upTo: older).differences(to: found).isEmpty {
      return older
    }
    return nil
  }

  private func adopt(_ files: [MigrationFile]) async throws {
    try await session.inTransaction { transaction in
      for file in files { try await transaction.record(file, durationMilliseconds: 0) }
    }
  }
}
