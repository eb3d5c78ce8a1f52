import Postgres

extension MigrationRunner {
  /// Runs a file and its record in one transaction; answers how long the file took, in ms.
  func runInTransaction(_ file: MigrationFile) async throws -> Int {
    try await retry.run(file) {
      try await session.reset()
      let duration = try await session.inTransaction { transaction in
        let start = ContinuousClock.now
        report(try await transaction.run(file: file), of: file)
        let duration = start.elapsedMilliseconds
        try await transaction.reset()
        try await transaction.record(file, durationMilliseconds: duration)
        return duration
      }
      try await session.reset()
      return duration
    }
  }

  func report(_ notices: [ServerError], of file: MigrationFile) {
    for notice in notices {
      report(
        .notice(file: file.fileName, severity: notice.severity, message: notice.message)
      )
    }
  }
}

extension MigrationSession {
  /// Runs a file's text as one message; a refusal is told with its line.
  func run(file: MigrationFile) async throws -> [ServerError] {
    try await run(file.sql, of: file, firstLine: 1)
  }

  /// Runs a part of a file that starts on `firstLine`; a refusal is told with its line.
  @discardableResult
  func run(
    _ sql: String,
    of file: MigrationFile,
    firstLine: Int
  ) async throws -> [ServerError] {
    do {
      return try await run(sql)
    } catch .server(let refusal) {
      throw MigrationError.statementFailed(
        StatementFailure(refusal, in: sql, file: file.fileName, firstLine: firstLine)
      )
    }
  }
}

extension ContinuousClock.Instant {
  /// Whole milliseconds since then.
  var elapsedMilliseconds: Int {
    Int((ContinuousClock.now - self) / .milliseconds(1))
  }
}
