import API
import Foundation
import ServiceLifecycle
import Telemetry
import Testing

@Suite("Metrics", .timeLimit(.minutes(5)))
struct MetricsServerTests {
  @Test("Without a port of their own they are among the routes, with one they are not")
  func routes() async throws {
    try await ServerFixture.with { server in
      let answer = try await server.http.request("GET", "/metrics")
      #expect(answer.status == 200)
    }
    try await ServerFixture.with(servesMetrics: false) { server in
      let answer = try await server.http.request("GET", "/metrics")
      #expect(answer.status == 404 && answer.code == "not_found")
    }
  }

  @Test("Their own port serves them and nothing else")
  func ownPort() async throws {
    let registry = PrometheusRegistry()
    registry.collect { $0.add("higgs_probe", .gauge, 7) }
    let (ports, continuation) = AsyncStream<Int>.makeStream()
    let server = MetricsServer(host: "127.0.0.1", port: 0, registry: registry)
    let group = ServiceGroup(
      configuration: .init(
        services: [server.service { continuation.yield($0) }], logger: .init(label: "test")))
    let running = Task { try await group.run() }
    var iterator = ports.makeAsyncIterator()
    let http = HTTPClient(port: try #require(await iterator.next()))
    let answer = try await http.request("GET", "/metrics")
    #expect(answer.status == 200 && answer.headers["content-type"]?.hasPrefix("text/plain") == true)
    #expect(String(decoding: answer.body, as: UTF8.self).contains("higgs_probe 7"))
    for path in ["/", "/v1/config", "/health/live", "/docs"] {
      #expect(try await http.request("GET", path).status == 404)
    }
    await group.triggerGracefulShutdown()
    _ = try? await running.value
  }
}
