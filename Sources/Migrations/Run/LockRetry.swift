/// Tries a migration again, with a growing pause, as long as a lock is what it could not get.
struct LockRetry: Sendable {
  let limits: MigrationLimits
  let report: @Sendable (MigrationEvent) -> Void

  func run<Result>(
    _ file: MigrationFile,
    _ work: () async throws -> Result
  ) async throws -> Result {
    var attempt = 1
    while true {
      do {
        return try await work()
      } catch MigrationError.statementFailed(let failure)
        where failure.isTransient && attempt < limits.lockAttempts
      {
        try await pause(after: attempt, file, failure)
        attempt += 1
      }
    }
  }

  private func pause(
    after attempt: Int,
    _ file: MigrationFile,
    _ failure: StatementFailure
  ) async throws {
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
  }
}
