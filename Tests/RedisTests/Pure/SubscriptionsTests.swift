import Redis
import Testing

@Suite("Redis: subscriptions and greetings")
struct SubscriptionsTests {
  private func array(_ words: String..., number: Int64? = nil) -> RESPValue {
    .array(words.map { .bulk(Array($0.utf8)) } + (number.map { [.integer($0)] } ?? []))
  }

  @Test("All channels are asked for anew on a new connection, and complete when all are confirmed")
  func anew() throws {
    var subscriptions = Subscriptions(channelsMax: 3)
    #expect(try subscriptions.add("b") == nil && subscriptions.add("a") == nil)
    #expect(subscriptions.connected() == RedisCommand("SUBSCRIBE", "a", "b"))
    #expect(subscriptions.received(array("subscribe", "a", number: 1)) == .none)
    #expect(subscriptions.received(array("subscribe", "b", number: 2)) == .complete)
    #expect(try subscriptions.add("c") == RedisCommand("SUBSCRIBE", "c"))
    #expect(try subscriptions.add("c") == nil)
    #expect(throws: RedisError.tooManyWaiting(limit: 3)) { try subscriptions.add("d") }
    subscriptions.ended()
    #expect(subscriptions.remove("c") == nil)
    #expect(subscriptions.connected() == RedisCommand("SUBSCRIBE", "a", "b"))
    #expect(subscriptions.received(array("subscribe", "b", number: 2)) == .none)
  }

  @Test("Messages are told for channels that are wanted, and anything else is wrong")
  func messages() throws {
    var subscriptions = Subscriptions(channelsMax: 3)
    _ = try subscriptions.add("a")
    _ = subscriptions.connected()
    #expect(
      subscriptions.received(array("message", "a", "hi")) == .message(channel: "a", [104, 105]))
    #expect(subscriptions.received(array("message", "z", "hi")) == .none)
    #expect(subscriptions.received(array("pong", "")) == .none)
    #expect(subscriptions.received(.simple("PONG")) == .none)
    #expect(subscriptions.remove("a") == RedisCommand("UNSUBSCRIBE", "a"))
    #expect(subscriptions.received(array("unsubscribe", "a", number: 0)) == .none)
    for value in [RESPValue.integer(1), .array([]), .error("ERR"), array("message", "a")] {
      #expect(subscriptions.received(value) == .wrong)
    }
  }

  @Test("The greeting signs in, selects, and ends with a PING")
  func greeting() throws {
    var plain = Greeting(try RedisConfiguration(url: "redis://h"))
    #expect(plain.bytes == RedisCommand("PING").encoded)
    #expect(plain.received(.simple("PONG")) == .done)
    var full = Greeting(try RedisConfiguration(url: "redis://u:p@h/4"))
    let commands = [
      RedisCommand("AUTH", "u", "p"), RedisCommand("SELECT", "4"), RedisCommand("PING"),
    ]
    #expect(full.bytes == commands.flatMap(\.encoded))
    #expect(full.received(.simple("OK")) == .waiting)
    #expect(
      full.received(.error("ERR DB index is out of range"))
        == .refused(.refused(command: "SELECT", "ERR DB index is out of range")))
  }
}
