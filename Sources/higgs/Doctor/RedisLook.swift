import Redis

/// Looks at Redis as the server meets it, where it is used.
struct RedisLook {
  private static let pollMilliseconds = 50
  private static let alone =
    "Servers go on without it, each for itself: presence and limits are not shared."

  let environment: Environment
  let timeoutSeconds: Int

  func findings() async -> [Finding] {
    let configuration: RedisConfiguration
    let client: RedisClient
    do {
      guard let given = try ServeConfiguration.redis(environment) else {
        return [.skipped("redis", "reachable", "not used: one server needs none (REDIS_URL)")]
      }
      configuration = given
      client = try RedisClient(configuration)
    } catch {
      return [
        .problem(
          "redis", "address", "\(error)", why: "The server does not start with it.",
          do: "REDIS_URL=redis://HOST:6379, its password in REDIS_PASSWORD_FILE")
      ]
    }
    let findings = await looks(client, at: "\(configuration.host), port \(configuration.port)")
    await client.shutdown()
    return findings
  }

  private func looks(_ client: RedisClient, at place: String) async -> [Finding] {
    let start = ContinuousClock.now
    do {
      try await answer(client, until: start + .seconds(timeoutSeconds))
    } catch {
      return [
        .warning(
          "redis", "reachable", "\(place): \(error)", why: Self.alone,
          do: "redis-cli -h HOST -p PORT ping; start it, or correct REDIS_URL and its password")
      ]
    }
    let milliseconds = Int(start.duration(to: .now) / .milliseconds(1))
    return [.ok("redis", "reachable", "\(place) answers in \(milliseconds) ms")]
      + (await memory(client))
  }

  /// Asks until the first attempt to connect has come to its end.
  private func answer(_ client: RedisClient, until deadline: ContinuousClock.Instant) async throws {
    while true {
      do {
        _ = try await client.send(RedisCommand("PING"))
        return
      } catch let error as RedisError {
        guard case .notConnected = error, client.status == .starting, ContinuousClock.now < deadline
        else { throw error }
      }
      try await Task.sleep(for: .milliseconds(Self.pollMilliseconds))
    }
  }

  private func memory(_ client: RedisClient) async -> [Finding] {
    guard let text = try? await client.send(RedisCommand("INFO", "memory")).text else {
      return [.skipped("redis", "memory", "INFO is closed to this user")]
    }
    let fields = Self.fields(of: text)
    let (used, limit) = (
      Int64(fields["used_memory"] ?? "") ?? 0, Int64(fields["maxmemory"] ?? "") ?? 0
    )
    let policy = fields["maxmemory_policy"] ?? "unknown"
    let found =
      "\(BackupText.size(used)) of \(limit == 0 ? "no limit" : BackupText.size(limit)), \(policy)"
    guard limit > 0 else {
      return [
        .warning(
          "redis", "memory", found, why: "It grows until the machine has no memory left.",
          do: "redis-cli config set maxmemory 256mb, and maxmemory-policy allkeys-lru")
      ]
    }
    return [
      .graded(
        "redis", "memory", found, warning: policy == "noeviction" && used > limit / 10 * 9,
        problem: false, why: "Once it is full it refuses writes; nothing in it is needed for long.",
        do: "redis-cli config set maxmemory-policy allkeys-lru")
    ]
  }

  private static func fields(of text: String) -> [Substring: Substring] {
    text.split(whereSeparator: \.isNewline).reduce(into: [:]) { fields, line in
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2 { fields[parts[0]] = parts[1] }
    }
  }
}
