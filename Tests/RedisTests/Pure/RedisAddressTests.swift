import Redis
import Testing

@Suite("The address of Redis")
struct RedisAddressTests {
  @Test("Addresses are read with all their parts")
  func parts() throws {
    let short = try RedisConfiguration(url: "redis://cache")
    #expect(short.host == "cache" && short.port == 6_379 && !short.usesTLS)
    #expect(short.user == nil && short.password == nil && short.database == 0)
    let long = try RedisConfiguration(url: "rediss://ayu:a%40b%3Ac@cache.example:6380/12")
    #expect(long.host == "cache.example" && long.port == 6_380 && long.usesTLS)
    #expect(long.user == "ayu" && long.password == "a@b:c" && long.database == 12)
    let address = try RedisConfiguration(url: "REDIS://:secret@[::1]:7000")
    #expect(address.host == "::1" && address.port == 7_000)
    #expect(address.user == nil && address.password == "secret")
    #expect(try RedisConfiguration(url: "redis://a/").database == 0)
  }

  @Test("Its description has no secret")
  func secrets() throws {
    let configuration = try RedisConfiguration(url: "rediss://ayu:hunter2@[::1]/3")
    #expect("\(configuration)" == "rediss://[::1]:6379/3")
  }

  @Test(
    "What cannot be used is refused with what to write",
    arguments: [
      ("cache:6379", "no scheme"), ("http://cache", "none of redis and rediss"),
      ("redis://", "no host"), ("redis://:6379", "no host"),
      ("redis://cache:0", "no number from 1"),
      ("redis://cache:66000", "no number from 1"), ("redis://cache:x", "no number from 1"),
      ("redis://::1:6379", "no host"), ("redis://[::1", "no ]"),
      ("redis://user@cache", "without a password"),
      ("redis://:@cache", "password is empty"), ("redis://:a%4@cache", "no code"),
      ("redis://:%zz@cache", "no code"), ("redis://cache/x", "no number from 0"),
      ("redis://cache/70000", "no number from 0"), ("redis://cache/-1", "no number from 0"),
      ("redis://cache?db=1", "there is a ?"), ("redis://:a#b@cache", "there is a ?"),
    ])
  func refusals(_ text: String, _ words: String) {
    do {
      let configuration = try RedisConfiguration(url: text)
      Issue.record("\(text) was read as \(configuration)")
    } catch {
      #expect("\(error)".contains(words), "\(error)")
    }
  }

  @Test("A refusal does not repeat the password")
  func quiet() {
    for text in ["redis://:hunter2@cache:x", "redis://hunter2@cache", "redis://a:hunter2%@cache"] {
      #expect {
        try RedisConfiguration(url: text)
      } throws: {
        !"\($0)".contains("hunter2")
      }
    }
  }
}
