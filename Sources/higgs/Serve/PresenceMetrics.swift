import API
import Telemetry

/// Who is online, as metrics.
enum PresenceMetrics {
  static func collect(_ presence: Presence, into registry: PrometheusRegistry) {
    registry.describe("higgs_players_here", "Players with an open socket on this node.")
    registry.describe(
      "higgs_players_online", "Players with an open socket on any node, as this one knows.")
    registry.collect { exposition in
      exposition.add("higgs_players_here", .gauge, Double(presence.here))
      exposition.add("higgs_players_online", .gauge, Double(presence.online))
    }
  }
}
