/// The limits of a listener.
package struct ListenerConfiguration: Sendable {
  /// How many events are kept for a slow reader.
  package var maximumBuffered = 1_024
  /// How often the connection is tried while nothing is said.
  package var healthCheckMilliseconds = 15_000
  /// How long such a trial may take.
  package var healthCheckTimeoutMilliseconds = 5_000
  /// How long to wait after failures to connect.
  package var backoff = Backoff()

  /// The defaults.
  package init() {}
}

/// Listens to channels on a connection of its own, which is made anew whenever it breaks.
///
/// ```swift
/// let listener = PostgresListener(configuration, channels: ["room_moved"])
/// for await event in listener { … }
/// ```
package final class PostgresListener: AsyncSequence, Sendable {
  private let buffer: NotificationBuffer
  private let task: Task<Void, Never>

  /// Begins to connect and listen at once.
  package init(
    _ configuration: PostgresConfiguration,
    channels: [String],
    _ limits: ListenerConfiguration = ListenerConfiguration()
  ) {
    let buffer = NotificationBuffer(limit: limits.maximumBuffered)
    let loop = ListenerLoop(
      configuration: configuration,
      channels: channels,
      limits: limits,
      buffer: buffer
    )
    self.buffer = buffer
    task = Task { await loop.run() }
  }

  deinit {
    task.cancel()
    buffer.finish()
  }

  /// How many events wait for the reader.
  package var bufferedCount: Int { buffer.count }

  /// Stops; the reader sees the end. May be called again.
  package func close() async {
    buffer.finish()
    task.cancel()
    await task.value
  }

  /// Begins to read; there is only one reading at a time.
  package func makeAsyncIterator() -> Iterator {
    Iterator(listener: self)
  }

  /// Reads event by event.
  package struct Iterator: AsyncIteratorProtocol, Sendable {
    let listener: PostgresListener

    /// The next event; nil after the end.
    package mutating func next() async -> NotificationEvent? {
      await listener.buffer.next()
    }
  }
}

/// Connects, listens until the connection ends, and begins again.
private struct ListenerLoop: Sendable {
  let configuration: PostgresConfiguration
  let channels: [String]
  let limits: ListenerConfiguration
  let buffer: NotificationBuffer

  func run() async {
    var failures = 0
    var isFirst = true
    while !Task.isCancelled {
      do {
        try await PostgresConnection.withConnection(configuration) { connection in
          try await listen(connection)
          buffer.append(isFirst ? .listening : .gap(.reconnected))
          isFirst = false
          failures = 0
          await watch(connection)
        }
      } catch {
        configuration.logger.warning("listener: \(error)")
      }
      failures += 1
      let delay = limits.backoff.delayMilliseconds(
        failures: failures,
        chance: .random(in: 0...1)
      )
      try? await Task.sleep(for: .milliseconds(delay))
    }
  }

  private func listen(_ connection: PostgresConnection) async throws(PostgresError) {
    await connection.onNotification { buffer.append(.notification($0)) }
    for channel in channels {
      try await connection.execute("listen \(identifier: channel)")
    }
  }

  /// Returns when the connection has ended, does not answer any more, or the task is cancelled.
  private func watch(_ connection: PostgresConnection) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await ping(connection) }
      group.addTask { await connection.waitUntilClosed() }
      await group.next()
      group.cancelAll()
      await connection.close()
    }
  }

  private func ping(_ connection: PostgresConnection) async {
    let options = QueryOptions(timeoutMilliseconds: limits.healthCheckTimeoutMilliseconds)
    while !Task.isCancelled {
      do {
        try await Task.sleep(for: .milliseconds(limits.healthCheckMilliseconds))
        _ = try await connection.query("", options)
      } catch {
        return
      }
    }
  }
}
