import CPostgres

extension PostgresConnection {
  /// Does a script of many statements (by the simple protocol, once nothing else is under way).
  /// Outside a transaction the server makes one of the whole script, unless it has COMMITs of its
  /// own. Returns the notices. The time limit is `longTimeoutMilliseconds` unless given.
  @discardableResult
  package func execute(
    script: String,
    timeoutMilliseconds: Int? = nil
  ) async throws(PostgresError) -> [ServerError] {
    let id = try await beginExclusive(
      timeoutMilliseconds: timeoutMilliseconds,
      collectsNotices: true
    )
    let outcome = await withTaskCancellationHandler {
      await runScript(script, id)
    } onCancel: {
      cancelLater(id)
    }
    await endExclusive(id)
    return try outcome.get()
  }

  private func runScript(
    _ script: String,
    _ id: UInt64
  ) async -> Result<[ServerError], PostgresError> {
    var failure: PostgresError?
    do throws(PostgresError) {
      try await sendSimple(script, id)
      while let result = try await nextResult(id) {
        failure = failure ?? scriptFailure(result, id)
        if try await skipCopy(result, id) { failure = failure ?? Self.copyInScript }
        noteStatements(result)
      }
      logNotices()
      let notices = try use(id).0.notices
      return failure.map { .failure($0) } ?? .success(notices)
    } catch {
      return .failure(error)
    }
  }

  private static let copyInScript = PostgresError.wrongUse(
    "a script cannot hold COPY … FROM STDIN or TO STDOUT; use copyIn and copyOut"
  )

  private func scriptFailure(_ result: ResultHandle, _ id: UInt64) -> PostgresError? {
    result.status == PGRES_FATAL_ERROR ? translate(result, id) : nil
  }

  /// A script may drop prepared statements.
  private func noteStatements(_ result: ResultHandle) {
    if result.dropsStatements { statements.removeAll() }
  }
}
