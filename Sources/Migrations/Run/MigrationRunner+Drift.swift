import Postgres

extension MigrationRunner {
  /// Compares the schema with what the recorded migrations make.
  package func drift(ignoring schemas: Set<String>) async throws -> DriftReport {
    let plan = try await makePlan()
    guard plan.appliedVersion > 0 else { throw MigrationError.nothingApplied }
    guard plan.problems.isEmpty else { throw MigrationError.refused(plan.problems) }
    let found = try await session.catalogInTransaction()
    let expected = try await expectedCatalog(upTo: plan.appliedVersion)
    return DriftReport(
      database: try await session.databaseName(),
      version: plan.appliedVersion,
      differences: expected.leavingOut(schemas: schemas)
        .differences(to: found.leavingOut(schemas: schemas))
    )
  }

  func expectedCatalog(upTo version: Int) async throws -> CatalogSnapshot {
    try await ScratchDatabase(session: session, limits: limits, report: report)
      .catalog(of: folder.files.filter { $0.version <= version }).withRolesAsMade()
  }
}

extension MigrationSession {
  /// The catalog as it is at one moment.
  package func catalogInTransaction() async throws -> CatalogSnapshot {
    let options = TransactionOptions(isolation: .repeatableRead, isReadOnly: true)
    return try await inTransaction(options) { try await $0.catalog() }
  }

  /// The differences between a snapshot and this database.
  package func drift(
    from expected: CatalogSnapshot,
    ignoring schemas: Set<String>
  ) async throws -> DriftReport {
    let found = try await catalogInTransaction()
    return DriftReport(
      database: try await databaseName(),
      version: nil,
      differences: expected.leavingOut(schemas: schemas)
        .differences(to: found.leavingOut(schemas: schemas))
    )
  }
}
