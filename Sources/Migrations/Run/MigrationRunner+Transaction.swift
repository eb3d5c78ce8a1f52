import Postgres

extension MigrationRunner {
  /// Runs a file and its record in one transaction; answers how long the file took, in ms.
  func runInTransaction(_ file: MigrationFile) async throws -> Int {
    try await retryingLocks(file) {
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

  /// Does `work` again, with a growing pause, as long as a lock is what it could not get.
  func retryingLocks<Result>(
    _ file: MigrationFile,
    _ work: () async throws -> Result
  ) async throws -> Result {
    var attempt = 1
    while true {
      do {
        return try await work()
      } catch MigrationError.statementFailed(let failure)
        where failure.isAboutLocks && attempt < limits.lockAttempts
      {
        let pause = limits.pauseMilliseconds(afterAttempt: attempt)
        report(
          .retrying(
            file: file.fileName,
            attempt: attempt,
            of: limits.lockAttempts,
            pauseMilliseconds: pause,
            reason: failure.message
          )
        )
        try await Task.sleep(for: .milliseconds(pause))
        attempt += 1
      }
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

extension StatementFailure {
  /// A refusal of a part of a file.
  init(_ refusal: ServerError, in sql: String, file: String, firstLine: Int) {
    self.init(
      file: file,
      line: refusal.position.map { Self.line(ofPosition: $0, in: sql) + firstLine - 1 },
      sqlState: refusal.sqlState.code,
      message: refusal.message,
      detail: refusal.detail,
      hint: refusal.hint ?? Self.advice(sqlState: refusal.sqlState.code)
    )
  }

  /// A refusal of the row that records a file.
  init(recording file: String, refusal: ServerError) {
    self.init(
      file: file,
      line: nil,
      sqlState: refusal.sqlState.code,
      message: "its record could not be written: \(refusal.message)",
      detail: refusal.detail,
      hint: refusal.hint
        ?? """
        Migration 001 must create public.schema_migrations (version, name, sha256, applied_at, \
        applied_by, duration_ms).
        """
    )
  }

  /// Whether a lock could not be had in time, or a deadlock was broken: worth another try.
  var isAboutLocks: Bool {
    sqlState == SQLState.lockNotAvailable.code || sqlState == SQLState.deadlockDetected.code
  }
}

extension ContinuousClock.Instant {
  /// Whole milliseconds since then.
  var elapsedMilliseconds: Int {
    Int((ContinuousClock.now - self) / .milliseconds(1))
  }
}
