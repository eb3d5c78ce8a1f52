import Foundation
import TestSupport
import Testing

@Suite("higgs serve", .timeLimit(.minutes(5)))
struct ServeTests {
  private static let away = "Redis cannot be used"
  private static let back = "Redis is back"

  private func metric(_ name: String, _ http: HTTPClient) async throws -> String? {
    let text = String(
      decoding: try await http.request("GET", "/metrics").body, as: UTF8.self)
    return text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
      .map { String($0.dropFirst(name.count + 1)) }
  }

  @Test("Without Redis it starts and goes on, and the log is told once for each outage")
  func redisComesAndGoes() async throws {
    try await RedisServer.with { redis in
      try await withDatabase(template: .migrated) { database in
        await redis.kill()
        let server = try ServerProcess(database, ["REDIS_URL": redis.url()])
        let http = HTTPClient(port: try await server.port(after: "listening on"))
        func signIns() async throws {
          for _ in 0..<20 {
            let answer = try await http.request("POST", "/v1/auth/guest", body: "{}")
            #expect(answer.status == 201)
          }
        }
        try await server.wait(for: Self.away, times: 1)
        try await signIns()
        #expect(server.count(Self.away) == 1)
        #expect(try await metric("higgs_redis_up", http) == "0")
        try await redis.start()
        try await server.wait(for: Self.back, times: 1)
        try await signIns()
        #expect(try await metric("higgs_redis_up", http) == "1")
        #expect(try await metric("higgs_players_online", http) == "0")
        await redis.kill()
        try await server.wait(for: Self.away, times: 2)
        try await signIns()
        #expect(server.count(Self.away) == 2 && server.count(Self.back) == 1)
        #expect(await server.stop() == 0)
      }
    }
  }

  @Test("With a port of their own metrics are there alone, with one socket as one player online")
  func metricsPort() async throws {
    try await withDatabase(template: .migrated) { database in
      let server = try ServerProcess(database, ["HIGGS_METRICS_PORT": "0"])
      let http = HTTPClient(port: try await server.port(after: "listening on"))
      let own = HTTPClient(port: try await server.port(after: "metrics on"))
      for line in server.output {
        let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        #expect(event?["level"] as? String == "info" && event?["message"] is String, "\(line)")
      }
      #expect(try await http.request("GET", "/metrics").status == 404)
      #expect(try await own.request("GET", "/v1/config").status == 404)
      #expect(try await metric("higgs_players_online", own) == "0")
      let guest = try await http.request("POST", "/v1/auth/guest", body: "{}")
      let token = try #require(guest.json["access_token"] as? String)
      let socket = try await TestSocket(port: http.port)
      try await socket.send(#"{"type": "hello", "token": "\#(token)", "protocol": 1}"#)
      _ = try await socket.message("welcome")
      #expect(try await metric("higgs_players_online", own) == "1")
      #expect(try await metric("higgs_players_here", own) == "1")
      #expect(try await http.request("GET", "/v1/stakes").json["online"] as? Int == 1)
      #expect(await server.stop() == 0)
    }
  }

  @Test("It keeps the database and checks the ledger, unless told not to")
  func upkeep() async throws {
    try await withDatabase(template: .migrated) { database in
      let idle = try ServerProcess(database, ["HIGGS_UPKEEP": "off"])
      let other = HTTPClient(port: try await idle.port(after: "listening on"))
      let server = try ServerProcess(database)
      let http = HTTPClient(port: try await server.port(after: "listening on"))
      while try await metric("higgs_ledger_checked_timestamp_seconds", http) == nil {
        try await Task.sleep(for: .milliseconds(50))
      }
      #expect(try await metric(#"higgs_ledger_check_ok{check="seals_intact"}"#, http) == "1")
      #expect(try await metric("higgs_maintenance_overdue_tasks", http) == "0")
      #expect(try await metric("higgs_database_months_ahead", http) == "4")
      #expect(try await metric("higgs_ledger_sealed_timestamp_seconds", http) != nil)
      #expect(try await metric("higgs_maintenance_failures_total", http) == "0")
      #expect(try await metric("higgs_maintenance_tasks_total", other) == nil)
      #expect(await server.stop() == 0)
      #expect(await idle.stop() == 0)
    }
  }

  @Test("Maintenance and features come from the environment")
  func maintenance() async throws {
    try await withDatabase(template: .migrated) { database in
      let server = try ServerProcess(
        database,
        [
          "HIGGS_MAINTENANCE": "on", "HIGGS_MAINTENANCE_RETRY_SECONDS": "77",
          "FEATURES_TOURNAMENTS": "on", "FEATURES_SOCIAL": "yes", "FEATURES_BOTS": "off",
        ])
      let http = HTTPClient(port: try await server.port(after: "listening on"))
      let answer = try await http.request("POST", "/v1/auth/guest", body: "{}")
      #expect(answer.status == 503 && answer.headers["retry-after"] == "77")
      let features = try await http.request("GET", "/v1/config").json["features"]
      #expect(
        features as? [String: Bool] == ["bots": false, "tournaments": true, "social": true])
      while try await http.request("GET", "/health/ready").status != 200 {
        try await Task.sleep(for: .milliseconds(20))
      }
      #expect(await server.stop() == 0)
    }
  }
}
