package import Telemetry

/// What the metrics of the API mean; docs/metrics.md has them all.
package enum APIMetrics {
  /// Says it to a registry.
  package static func describe(in registry: PrometheusRegistry) {
    registry.describe(
      "higgs_http_request_duration_seconds",
      "How long HTTP requests took, by method, route and the answer's status.")
    registry.describe("higgs_sockets", "WebSockets that are open.")
    registry.describe("higgs_sockets_opened_total", "WebSockets that were opened.")
    registry.describe(
      "higgs_sockets_closed_total", "WebSockets that the server closed, by the close's code.")
  }
}
