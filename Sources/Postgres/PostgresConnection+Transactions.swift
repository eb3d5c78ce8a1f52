extension PostgresConnection {
  /// Runs the closure inside a transaction: commits when it returns, rolls back when it throws.
  /// Throws `commitUnknown` if the connection broke while COMMIT was in flight, and
  /// `transactionRolledBack` if the closure returned although one of its statements had failed.
  /// The connection must be the caller's alone.
  @discardableResult
  nonisolated(nonsending)
    package func withTransaction<Value>(
      _ options: TransactionOptions = TransactionOptions(),
      _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value
  {
    let transaction = PostgresTransaction(connection: self, options: options)
    let value: Value
    do {
      value = try await body(transaction)
    } catch {
      if transaction.end() { await rollback() }
      throw error
    }
    if transaction.end() { try await commit(options) }
    return value
  }

  private func commit(_ options: TransactionOptions) async throws(PostgresError) {
    var batch = Batch()
    batch.add("commit")
    let limits = QueryOptions(timeoutMilliseconds: options.commitTimeoutMilliseconds)
    let results = try await submitShielded(batch, limits, kind: .commit)
    do throws(PostgresError) {
      let answer = try results[0].get()
      if answer.commandTag == "ROLLBACK" { throw .transactionRolledBack }
    } catch .connectionLost(let loss) where loss.wasSent {
      throw .commitUnknown(loss)
    } catch {
      // A COMMIT that was refused has rolled back; one that was never sent leaves the transaction.
      if error != .transactionRolledBack, error.serverError == nil { await rollback() }
      throw error
    }
  }

  /// Rolls back; where that fails, the end of the connection does it.
  private func rollback() async {
    guard isOpen else { return }
    var batch = Batch()
    batch.add("rollback")
    let limits = QueryOptions(timeoutMilliseconds: configuration.cancelGraceMilliseconds)
    do throws(PostgresError) {
      for result in try await submitShielded(batch, limits) { _ = try result.get() }
    } catch {
      await close()
    }
  }
}
