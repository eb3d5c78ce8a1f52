import Postgres

extension StatementFailure {
  /// A refusal of a part of a file.
  init(_ refusal: ServerError, in sql: String, file: String, firstLine: Int) {
    self.init(
      file: file,
      line: refusal.position.map { Self.line(ofPosition: $0, in: sql) + firstLine - 1 },
      sqlState: refusal.sqlState.code,
      message: refusal.message,
      detail: refusal.detail,
      hint: refusal.hint ?? Self.advice(sqlState: refusal.sqlState.code),
      isTransient: refusal.isTransientHere
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
        """,
      isTransient: refusal.isTransientHere
    )
  }
}

extension ServerError {
  /// Whether the same statements may well succeed a moment later.
  ///
  /// Roles belong to the whole server: migrating two of its databases at once can make both
  /// change one row of a shared catalog, which PostgreSQL refuses to the second.
  fileprivate var isTransientHere: Bool {
    switch sqlState {
    case .lockNotAvailable, .deadlockDetected: true
    case .uniqueViolation: schema == "pg_catalog"
    case .internalError: message.hasPrefix("tuple concurrently")
    default: false
    }
  }
}
