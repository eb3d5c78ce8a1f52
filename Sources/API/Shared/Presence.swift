import Core
import Redis
import Synchronization

/// Who is online: the players with an open socket, on this node and, through Redis, on all.
///
/// In Redis it is one sorted set of players with the time at which each is forgotten. Every node
/// renews its own; one that dies without a word is forgotten with its players. The time is Redis'
/// own, so that nodes need not agree on theirs.
package final class Presence: Sendable {
  /// How often, and how long.
  package struct Timing: Sendable {
    /// How often newcomers are told and the sum is read.
    package var beatMilliseconds = 1_000
    /// How often all players of this node are renewed.
    package var renewalMilliseconds = 5_000
    /// After so long without a renewal a player is forgotten.
    package var lifetimeMilliseconds = 15_000
    /// How long a player is kept who left this node: another node may have one, and renews in time.
    package var graceMilliseconds = 7_000
    /// Older sums are not believed.
    package var trustMilliseconds = 5_000

    /// The usual times.
    package init() {}
  }

  private struct State {
    /// How many sockets each player has here.
    var sockets: [ID<Player>: Int] = [:]
    var came: Set<ID<Player>> = []
    var left: Set<ID<Player>> = []
    var sum: (players: Int, at: ContinuousClock.Instant)?
    var renewed: ContinuousClock.Instant?
  }

  private let redis: SharedRedis?
  private let timing: Timing
  private let state = Mutex(State())

  /// How many players a command names.
  private static let batchMax = 500
  private static let key = SharedRedis.prefix + "online"

  /// Nobody yet; without Redis only this node is counted.
  package init(redis: SharedRedis? = nil, timing: Timing = Timing()) {
    self.redis = redis
    self.timing = timing
  }

  /// How many players have an open socket here.
  package var here: Int { state.withLock { $0.sockets.count } }

  /// How many players are online on all nodes, as far as this one knows.
  package var online: Int {
    let now = ContinuousClock.now
    let trust = Duration.milliseconds(timing.trustMilliseconds)
    return state.withLock { state in
      guard let sum = state.sum, now - sum.at < trust else { return state.sockets.count }
      // What came within the last beat is not in the sum.
      return max(sum.players, state.sockets.count)
    }
  }

  /// A socket of the player was opened. From any thread, in any order with `left`.
  func entered(_ player: ID<Player>) { change(player, by: 1) }

  /// A socket of the player is gone.
  func left(_ player: ID<Player>) { change(player, by: -1) }

  private func change(_ player: ID<Player>, by step: Int) {
    state.withLock { state in
      let before = state.sockets[player, default: 0]
      state.sockets[player] = before + step == 0 ? nil : before + step
      guard redis != nil else { return }
      if before == 0, step > 0 {
        state.came.insert(player)
        state.left.remove(player)
      } else if before + step == 0 {
        state.left.insert(player)
        state.came.remove(player)
      }
    }
  }
}

extension Presence {
  /// Tells Redis and reads the sum until the task is cancelled; then says who left. Only with Redis.
  package func run() async {
    while !Task.isCancelled {
      await beat()
      try? await Task.sleep(for: .milliseconds(timing.beatMilliseconds))
    }
    await beat()
  }

  private struct News {
    var came: [ID<Player>]
    var left: [ID<Player>]
    var isRenewal: Bool
  }

  private func beat() async {
    guard let redis, redis.isReady else { return forgetRenewal() }
    let news = takeNews()
    guard await tell(news, redis), let players = await count(redis) else { return forgetRenewal() }
    let now = ContinuousClock.now
    state.withLock { state in
      state.sum = (players, now)
      if news.isRenewal { state.renewed = now }
    }
  }

  /// After an outage everything is told anew.
  private func forgetRenewal() { state.withLock { $0.renewed = nil } }

  private func takeNews() -> News {
    let now = ContinuousClock.now
    let interval = Duration.milliseconds(timing.renewalMilliseconds)
    return state.withLock { state in
      let isDue = state.renewed.map { now - $0 >= interval } ?? true
      let came = isDue ? Array(state.sockets.keys) : Array(state.came)
      defer { (state.came, state.left) = ([], []) }
      return News(came: came, left: Array(state.left), isRenewal: isDue)
    }
  }

  private func tell(_ news: News, _ redis: SharedRedis) async -> Bool {
    for (script, milliseconds, players) in [
      (Self.renewal, timing.lifetimeMilliseconds, news.came),
      (Self.farewell, timing.graceMilliseconds, news.left),
    ] {
      for start in stride(from: 0, to: players.count, by: Self.batchMax) {
        let batch = players[start..<min(start + Self.batchMax, players.count)]
        let command = RedisCommand.script(
          script, keys: [Self.key], arguments: [String(milliseconds)] + batch.map(\.description))
        guard await redis.send(command) != nil else { return false }
      }
    }
    return true
  }

  private func count(_ redis: SharedRedis) async -> Int? {
    let command = RedisCommand.script(Self.sum, keys: [Self.key], arguments: [])
    return await redis.send(command)?.integer.map(Int.init)
  }

  private static let now = """
    local t = redis.call('TIME')
    local now = t[1] * 1000 + math.floor(t[2] / 1000)

    """

  /// Never shortens what another node has promised.
  private static let renewal =
    now + """
      for i = 2, #ARGV do redis.call('ZADD', KEYS[1], 'GT', now + ARGV[1], ARGV[i]) end
      redis.call('PEXPIRE', KEYS[1], 2 * ARGV[1])
      return 1
      """

  private static let farewell =
    now + """
      for i = 2, #ARGV do redis.call('ZADD', KEYS[1], 'XX', 'LT', now + ARGV[1], ARGV[i]) end
      return 1
      """

  private static let sum =
    now + """
      redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
      return redis.call('ZCARD', KEYS[1])
      """
}
