import Hosting
import Telemetry

/// What the tables of this node are doing, as metrics; docs/metrics.md has them all.
enum HostMetrics {
  static func collect(_ host: Hosting.Host, into registry: PrometheusRegistry) {
    for (name, text, _) in counters { registry.describe(name, text) }
    registry.describe("higgs_rooms", "Rooms that this node hosts.")
    registry.describe("higgs_seats_taken", "Seats that are taken at this node, by whom.")
    registry.collect { exposition in
      let now = host.counters
      for (name, _, value) in counters {
        exposition.add(name, .counter, Double(now[keyPath: value]))
      }
      exposition.add("higgs_rooms", .gauge, Double(now.rooms))
      for (who, count) in [("people", now.people), ("bots", now.bots)] {
        exposition.add("higgs_seats_taken", .gauge, labels: "by=\"\(who)\"", Double(count))
      }
    }
  }

  private typealias Reading = any KeyPath<HostCounters, Int> & Sendable

  private static let counters: [(name: String, text: String, value: Reading)] = [
    ("higgs_moves_total", "Moves that became durable.", \.moves),
    ("higgs_hands_started_total", "Hands that were dealt.", \.handsStarted),
    ("higgs_hands_settled_total", "Hands whose chips were paid.", \.handsSettled),
    ("higgs_hands_voided_total", "Hands that ended without a result.", \.handsVoided),
    ("higgs_turn_timeouts_total", "Turns whose time ran out.", \.timeOuts),
    (
      "higgs_commands_refused_busy_total", "Commands that were refused since too many waited.",
      \.busy
    ),
    (
      "higgs_table_calls_resent_total",
      "Calls of tables to the database that were made again, their outcome not being known.",
      \.resent
    ),
  ]
}
