/// Refuses what a migration file must not hold, before any of it is run.
struct MigrationFileCheck {
  let fileName: String
  let mode: MigrationFile.Mode

  func check(_ script: SQLScript) throws(MigrationProblem) {
    for statement in script.statements {
      try refusePsqlCommand(statement)
      try refuseTransactionControl(statement)
      try refuseClientCopy(statement)
      switch mode {
      case .transaction: try refuseNeedOfNoTransaction(statement)
      case .statements: try refuseNotRepeatable(statement)
      }
    }
  }

  private func refusePsqlCommand(_ statement: SQLStatement) throws(MigrationProblem) {
    guard let token = statement.tokens.first(where: { $0.isSymbol("\\") }) else { return }
    let before = statement.text.utf8.prefix(token.range.lowerBound)
    let line = statement.line + before.count { $0 == UInt8(ascii: "\n") }
    throw .forbidden(file: fileName, line: line, what: "a psql command (backslash)")
  }

  private func refuseTransactionControl(_ statement: SQLStatement) throws(MigrationProblem) {
    let phrases = [
      "begin", "start transaction", "commit", "end", "rollback", "abort", "savepoint", "release",
      "prepare transaction",
    ]
    guard let phrase = phrases.first(where: statement.starts) else { return }
    throw .forbidden(file: fileName, line: statement.line, what: phrase.uppercased())
  }

  private func refuseClientCopy(_ statement: SQLStatement) throws(MigrationProblem) {
    guard statement.starts(with: "copy"),
      statement.contains(word: "stdin") || statement.contains(word: "stdout")
    else { return }
    throw .forbidden(
      file: fileName,
      line: statement.line,
      what: "COPY from or to the client (use INSERT)"
    )
  }

  private func refuseNeedOfNoTransaction(_ statement: SQLStatement) throws(MigrationProblem) {
    let phrases = ["vacuum", "alter system", "create database", "drop database"]
    let phrase =
      phrases.first(where: statement.starts)
      ?? (statement.isConcurrent ? "CONCURRENTLY" : nil)
    guard let phrase else { return }
    throw .needsNoTransaction(file: fileName, line: statement.line, what: phrase.uppercased())
  }

  /// Without a transaction a file may stop half way, so each statement must be harmless twice.
  private func refuseNotRepeatable(_ statement: SQLStatement) throws(MigrationProblem) {
    guard !statement.isRepeatable else { return }
    throw .notRepeatable(
      file: fileName,
      line: statement.line,
      what: statement.leadingWords(4).joined(separator: " ").uppercased()
    )
  }
}

extension SQLStatement {
  private static let indexPhrases = [
    "create index concurrently", "create unique index concurrently", "drop index concurrently",
    "reindex index concurrently", "reindex table concurrently", "reindex schema concurrently",
    "reindex database concurrently",
  ]
  private static let alwaysRepeatable = [
    "set", "reset", "comment on", "analyze", "vacuum", "alter index", "refresh materialized view",
  ]

  fileprivate var isConcurrent: Bool { Self.indexPhrases.contains(where: starts) }

  fileprivate var isRepeatable: Bool {
    if Self.alwaysRepeatable.contains(where: starts) { return true }
    if starts(with: "create index") || starts(with: "create unique index") {
      return createdIndex != nil
    }
    if starts(with: "drop index") { return contains(phrase: ["if", "exists"]) }
    if starts(with: "alter type") { return contains(phrase: ["if", "not", "exists"]) }
    if starts(with: "alter table") { return contains(phrase: ["validate", "constraint"]) }
    return false
  }

  private func contains(phrase: [String]) -> Bool {
    let words = tokens.map { $0.word ?? "" }
    return words.indices.contains { words[$0...].starts(with: phrase) }
  }
}
