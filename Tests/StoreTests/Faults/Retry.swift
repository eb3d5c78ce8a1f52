import Postgres

/// Sends again until there is an answer, as every caller must after a lost connection.
func untilAnswered<Value>(
  _ call: () async throws(PostgresError) -> Value
) async throws -> Value {
  let attemptsMax = 3000
  for _ in 0..<attemptsMax {
    do throws(PostgresError) {
      return try await call()
    } catch {
      switch error {
      case .connectionFailed, .connectionLost, .connectionClosed, .commitUnknown, .poolExhausted,
        .pipelineAborted, .poolQueueFull:
        try await Task.sleep(for: .milliseconds(10))
      case .server(let answer) where answer.sqlState.isServerGoingAway:
        try await Task.sleep(for: .milliseconds(10))
      default: throw error
      }
    }
  }
  throw PostgresError.timedOut(milliseconds: attemptsMax * 10)
}

extension SQLState {
  /// The server stops or starts: nothing was done, and it can be sent again.
  fileprivate var isServerGoingAway: Bool {
    [.adminShutdown, .crashShutdown, .cannotConnectNow].contains(self)
  }
}
