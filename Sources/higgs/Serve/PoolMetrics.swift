import Postgres
import Telemetry

/// What the database's pool is doing, as metrics.
enum PoolMetrics {
  static func collect(_ pool: PostgresPool, into registry: PrometheusRegistry) {
    registry.describe("higgs_pool_connections", "Connections to the database, by their state.")
    registry.describe("higgs_pool_waiting", "Callers that wait for a connection.")
    registry.describe("higgs_pool_created_total", "Connections that were opened.")
    registry.describe("higgs_pool_failed_total", "Connections that could not be opened.")
    registry.describe(
      "higgs_pool_timed_out_total", "Callers that waited too long for a connection.")
    registry.collect { exposition in
      let counters = pool.counters
      let states = [
        ("in_use", counters.inUse), ("idle", counters.idle), ("connecting", counters.connecting),
      ]
      for (state, count) in states {
        exposition.add(
          "higgs_pool_connections", .gauge, labels: "state=\"\(state)\"", Double(count))
      }
      exposition.add("higgs_pool_waiting", .gauge, Double(counters.waiting))
      exposition.add("higgs_pool_created_total", .counter, Double(counters.created))
      exposition.add("higgs_pool_failed_total", .counter, Double(counters.failed))
      exposition.add("higgs_pool_timed_out_total", .counter, Double(counters.timedOut))
    }
  }
}
