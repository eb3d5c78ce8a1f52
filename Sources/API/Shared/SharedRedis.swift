import Logging
package import Redis
import Synchronization

/// Redis as something that helps and is never needed: what is asked of it while it is away is not
/// done, and the caller goes on in this node's memory. The log is told once when it goes and once
/// when it is back, however many requests there are.
package final class SharedRedis: Sendable {
  /// How long anybody waits for an answer.
  package static let timeoutMilliseconds = 300
  /// What all our keys begin with.
  package static let prefix = "higgs:"

  private let client: RedisClient
  private let logger = Logger(label: "redis")
  /// Whether the log was told that Redis is away.
  private let isToldAway = Mutex(false)

  /// Redis through a client, which the caller shuts down.
  package init(_ client: RedisClient) {
    self.client = client
    client.onStatus { [weak self] status in
      switch status {
      case .starting: break
      case .ready: self?.tellBack()
      case .away(let reason): self?.tellAway(reason)
      }
    }
  }

  /// Whether it takes commands.
  package var isReady: Bool { client.status == .ready }

  /// Does a command; nil where that was not possible.
  func send(_ command: RedisCommand) async -> RESPValue? {
    guard isReady else { return nil }
    do {
      let answer = try await client.send(command, timeoutMilliseconds: Self.timeoutMilliseconds)
      tellBack()
      return answer
    } catch {
      tellAway("\(error)")
      return nil
    }
  }

  private func tellAway(_ reason: String) {
    guard !isToldAway.withLock({ exchange(&$0, for: true) }) else { return }
    logger.warning(
      "Redis cannot be used; presence and the limits of sign-in go on in this node's memory",
      metadata: ["reason": "\(reason)", "redis": "\(client.configuration)"])
  }

  private func exchange(_ value: inout Bool, for other: Bool) -> Bool {
    defer { value = other }
    return value
  }

  private func tellBack() {
    guard isToldAway.withLock({ exchange(&$0, for: false) }) else { return }
    logger.notice("Redis is back; presence and the limits of sign-in are shared again")
  }
}
