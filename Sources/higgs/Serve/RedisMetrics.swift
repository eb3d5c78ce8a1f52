import Redis
import Telemetry

/// What the client of Redis is doing, as metrics.
enum RedisMetrics {
  static func collect(_ client: RedisClient, into registry: PrometheusRegistry) {
    registry.describe("higgs_redis_up", "Whether Redis takes commands (1) or not (0).")
    registry.describe("higgs_redis_commands_total", "Commands to Redis, by how they ended.")
    registry.describe("higgs_redis_connections_total", "Connections to Redis that became ready.")
    registry.describe("higgs_redis_in_flight", "Commands whose answer is due.")
    registry.describe("higgs_redis_waiting", "Commands that wait to be sent.")
    registry.collect { exposition in
      let counters = client.counters
      exposition.add("higgs_redis_up", .gauge, client.status == .ready ? 1 : 0)
      for (outcome, count) in [("answered", counters.answered), ("failed", counters.failed)] {
        exposition.add(
          "higgs_redis_commands_total", .counter, labels: "outcome=\"\(outcome)\"", Double(count))
      }
      exposition.add("higgs_redis_connections_total", .counter, Double(counters.connected))
      exposition.add("higgs_redis_in_flight", .gauge, Double(counters.inFlight))
      exposition.add("higgs_redis_waiting", .gauge, Double(counters.waiting))
    }
  }
}
