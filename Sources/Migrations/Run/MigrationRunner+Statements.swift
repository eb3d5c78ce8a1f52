extension MigrationRunner {
  /// Runs a file statement by statement, each committed by itself, then records it.
  ///
  /// Every statement is harmless twice (`MigrationFileCheck`), so a run that died is simply run
  /// again. What a died `create index concurrently` leaves is an invalid index of that name, which
  /// IF NOT EXISTS would take for done: it is dropped first.
  func runStatements(_ file: MigrationFile) async throws -> Int {
    try await session.reset()
    let start = ContinuousClock.now
    for statement in SQLScript(file.sql).statements {
      try await retry.run(file) {
        try await dropInvalidIndex(of: statement, file: file)
        let notices = try await session.run(
          statement.text,
          of: file,
          firstLine: statement.line
        )
        report(notices, of: file)
      }
    }
    let duration = start.elapsedMilliseconds
    try await session.reset()
    try await refuseInvalidIndexes(file)
    try await session.inTransaction { transaction in
      try await transaction.record(file, durationMilliseconds: duration)
    }
    return duration
  }

  private func dropInvalidIndex(of statement: SQLStatement, file: MigrationFile) async throws {
    guard let index = statement.createdIndex, index.isConcurrent,
      let state = try await session.indexState(index, version: file.version), !state.isValid
    else { return }
    if let builder = state.builder {
      throw MigrationError.indexInUse(file: file.fileName, index: state.name, builder: builder)
    }
    try await session.run(
      "drop index concurrently if exists \(state.name)",
      of: file,
      firstLine: statement.line
    )
    report(.droppedInvalidIndex(file: file.fileName, name: state.name))
  }

  private func refuseInvalidIndexes(_ file: MigrationFile) async throws {
    let invalid = try await session.indexStates(of: [file]).filter { !$0.isValid }
    guard invalid.isEmpty else {
      throw MigrationError.invalidIndexes(file: file.fileName, names: invalid.map(\.name))
    }
  }
}
