import Postgres
import TestSupport
import Testing

@Suite("LISTEN", .timeLimit(.minutes(5)))
struct ListenerTests {
  func isNotification(_ event: NotificationEvent?, _ payload: String) -> Bool {
    guard case .notification(let notification)? = event else { return false }
    return notification.channel == "Room moved" && notification.payload == payload
  }

  @Test("Notifications come in order, also while the connection is idle")
  func order() async throws {
    try await withDatabase { database in
      let listener = PostgresListener(database.configuration, channels: ["Room moved"])
      var events = listener.makeAsyncIterator()
      #expect(await events.next() == .listening)
      let sender = try await database.connect()
      for number in 0..<100 {
        _ = try await sender.query("select pg_notify('Room moved', \("\(number)"))")
      }
      for number in 0..<100 { #expect(isNotification(await events.next(), "\(number)")) }
      await sender.close()
      await listener.close()
      #expect(await events.next() == nil)
    }
  }

  @Test("After a break it listens again, and tells of the gap")
  func reconnect() async throws {
    try await withDatabase { database in
      let listener = PostgresListener(database.configuration, channels: ["Room moved"])
      var events = listener.makeAsyncIterator()
      #expect(await events.next() == .listening)
      let sender = try await database.connect()
      for round in 0..<3 {
        _ = try await sender.query(
          """
          select pg_terminate_backend(pid) from pg_stat_activity
          where query like 'listen%' and datname = current_database()
          """
        )
        #expect(await events.next() == .gap(.reconnected))
        _ = try await sender.query("select pg_notify('Room moved', \("\(round)"))")
        #expect(isNotification(await events.next(), "\(round)"))
      }
      await sender.close()
      await listener.close()
    }
  }

  @Test("A reader that is too slow loses the oldest, and is told how many")
  func overflow() async throws {
    try await withDatabase { database in
      var limits = ListenerConfiguration()
      limits.maximumBuffered = 10
      let listener = PostgresListener(database.configuration, channels: ["Room moved"], limits)
      var events = listener.makeAsyncIterator()
      #expect(await events.next() == .listening)
      let connection = try await database.connect()
      // The last comes through another listener too, so that all have arrived by then.
      let witness = PostgresListener(database.configuration, channels: ["Room moved"])
      var seen = witness.makeAsyncIterator()
      #expect(await seen.next() == .listening)
      for number in 0..<30 {
        _ = try await connection.query("select pg_notify('Room moved', \("\(number)"))")
      }
      for _ in 0..<30 { _ = await seen.next() }
      while listener.bufferedCount < 10 { try await Task.sleep(for: .milliseconds(1)) }
      var dropped = 0
      var payloads: [String] = []
      while payloads.last != "29" {
        switch await events.next() {
        case .gap(.overflow(let count)): dropped += count
        case .notification(let notification): payloads.append(notification.payload)
        default: throw TestFailure("unexpected event")
        }
      }
      #expect(dropped + payloads.count == 30)
      #expect(dropped >= 1)
      #expect(payloads == payloads.sorted { Int($0)! < Int($1)! })
      await connection.close()
      await listener.close()
      await witness.close()
    }
  }

  @Test("A reader whose task is cancelled gets the end")
  func cancelled() async throws {
    try await withDatabase { database in
      let listener = PostgresListener(database.configuration, channels: ["Room moved"])
      let task = Task {
        var count = 0
        for await event in listener {
          count += 1
          if event == .listening { withUnsafeCurrentTask { $0?.cancel() } }
        }
        return count
      }
      #expect(await task.value == 1)
      await listener.close()
    }
  }
}
