import Redis
import TestSupport
import Testing

@Suite("Redis: the subscriber on a real server", .timeLimit(.minutes(5)))
struct RedisSubscriberTests {
  private func publish(_ channel: String, _ words: String, on client: RedisClient) async throws {
    let heard = try await client.send(RedisCommand("PUBLISH", channel, words))
    #expect(heard == .integer(1))
  }

  @Test("Messages come in order, and after the server's death channels are subscribed again")
  func resubscribes() async throws {
    try await RedisServer.with { server in
      var configuration = try RedisConfiguration(url: server.url())
      configuration.backoffMaxMilliseconds = 200
      let (client, subscriber) = try (RedisClient(configuration), RedisSubscriber(configuration))
      try await subscriber.subscribe("a")
      try await subscriber.subscribe("b")
      var events = subscriber.events.makeAsyncIterator()
      func next(after event: RedisSubscriber.Event) async throws {
        while let one = await events.next(), one != event {}
      }
      try await next(after: .subscribed)
      // Both may have been asked for one by one: until both are there nobody may count on them.
      while try await client.send(RedisCommand("PUBSUB", "NUMSUB", "a", "b"))
        != .array([
          .bulk(Array("a".utf8)), .integer(1), .bulk(Array("b".utf8)), .integer(1),
        ])
      {}
      for number in 0..<100 {
        try await publish(number % 2 == 0 ? "a" : "b", "\(number)", on: client)
      }
      for number in 0..<100 {
        let message = RedisSubscriber.Event.message(
          channel: number % 2 == 0 ? "a" : "b", Array("\(number)".utf8))
        var event = await events.next()
        if event == .subscribed { event = await events.next() }
        #expect(event == message)
      }
      await server.kill()
      try await server.start()
      #expect(await events.next() == .subscribed)
      await client.wait { $0 == .ready }
      try await publish("b", "back", on: client)
      #expect(await events.next() == .message(channel: "b", Array("back".utf8)))
      await subscriber.unsubscribe("b")
      while try await client.send(RedisCommand("PUBLISH", "b", "x")) == .integer(1) {}
      await subscriber.shutdown()
      while let event = await events.next() {
        #expect(event == .message(channel: "b", Array("x".utf8)))
      }
      await client.shutdown()
    }
  }

  @Test("Who does not read keeps a bounded number of messages, and is told of the gap")
  func bounded() async throws {
    try await RedisServer.with { server in
      var configuration = try RedisConfiguration(url: server.url())
      configuration.messagesBuffered = 8
      let (client, subscriber) = try (RedisClient(configuration), RedisSubscriber(configuration))
      try await subscriber.subscribe("a")
      var events = subscriber.events.makeAsyncIterator()
      #expect(await events.next() == .subscribed)
      for number in 0..<50 { try await publish("a", "\(number)", on: client) }
      while subscriber.dropped < 42 { try await Task.sleep(for: .milliseconds(1)) }
      for number in 0..<8 {
        #expect(await events.next() == .message(channel: "a", Array("\(number)".utf8)))
      }
      try await publish("a", "later", on: client)
      #expect(await events.next() == .subscribed)
      #expect(await events.next() == .message(channel: "a", Array("later".utf8)))
      await subscriber.shutdown()
      await client.shutdown()
    }
  }

  @Test("A silent server is given up, and subscribed again when it is back")
  func frozen() async throws {
    try await RedisServer.with { server in
      var configuration = try RedisConfiguration(url: server.url())
      (configuration.pingMilliseconds, configuration.stallMilliseconds) = (500, 500)
      configuration.connectTimeoutMilliseconds = 500
      let subscriber = try RedisSubscriber(configuration)
      try await subscriber.subscribe("a")
      var events = subscriber.events.makeAsyncIterator()
      #expect(await events.next() == .subscribed)
      server.freeze()
      // Longer than it takes to be given up.
      try await Task.sleep(for: .seconds(4))
      server.thaw()
      #expect(await events.next() == .subscribed)
      await subscriber.shutdown()
    }
  }
}
