import Redis

/// A limit that all nodes count together through Redis, and this node alone where there is none.
///
/// The node's own count is always kept: it answers when Redis is away, and spares Redis the requests
/// of who is over the limit anyway.
package final class SharedRateLimiter: Sendable {
  private let name: String
  private let limit: RateLimit
  private let memory: RateLimiter
  private let redis: SharedRedis?

  /// A limiter whose counts have this name in Redis.
  package init(name: String, _ limit: RateLimit, redis: SharedRedis?) {
    self.name = name
    self.limit = limit
    self.redis = redis
    memory = RateLimiter(limit)
  }

  /// Takes one for a key.
  package func take(_ key: String) async -> RateVerdict {
    let own = memory.take(key)
    guard own.isAllowed, let redis else { return own }
    let command = RedisCommand.script(
      Self.script, keys: ["\(SharedRedis.prefix)limit:\(name):\(key)"],
      arguments: [String(Int64(1e6 / limit.perSecond)), String(limit.burst)])
    guard let answer = await redis.send(command), let verdict = verdict(answer) else { return own }
    return verdict
  }

  private func verdict(_ answer: RESPValue) -> RateVerdict? {
    guard let numbers = answer.elements?.compactMap(\.integer), numbers.count == 3 else {
      return nil
    }
    return RateVerdict(
      isAllowed: numbers[0] == 1, limit: limit.burst, remaining: Int(numbers[1]),
      retrySeconds: Int(numbers[2]))
  }

  /// The same bucket as in memory: a key is the moment at which it is full again, in microseconds of
  /// Redis' clock, and goes away by itself then.
  private static let script = """
    local t = redis.call('TIME')
    local now = t[1] * 1000000 + t[2]
    local interval = tonumber(ARGV[1])
    local capacity = interval * ARGV[2]
    local full = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now) + interval
    if full - now > capacity then
      return {0, 0, math.max(1, math.ceil((full - now - capacity) / 1000000))}
    end
    redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000) + 1)
    return {1, math.floor((capacity - (full - now)) / interval), 0}
    """
}
