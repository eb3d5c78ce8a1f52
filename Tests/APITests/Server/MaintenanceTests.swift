import API
import Foundation
import Platform
import Testing

@Suite("Maintenance", .timeLimit(.minutes(5)))
struct MaintenanceTests {
  /// Tokens by a server that is not being maintained are not to be had here: the identity makes them.
  private func token(_ server: ServerFixture) async throws -> (access: String, refresh: String) {
    let guest = try await server.identity.createGuest(
      displayName: nil, locale: nil, from: .init(device: nil, address: nil))
    return (guest.grant.accessToken, guest.grant.refreshToken)
  }

  @Test(
    "Signing in and taking a seat are answered by 503 with a time to come back",
    arguments: [
      "/v1/auth/guest", "/v1/auth/guest/sign-in", "/v1/quick-seat", "/v1/rooms",
      "/v1/rooms/12/seats", "/v1/rooms/12/bots",
    ])
  func turnedAway(_ path: String) async throws {
    try await ServerFixture.with(maintenance: Maintenance(retrySeconds: 120)) { server in
      let token = try await token(server).access
      let answer = try await server.http.request("POST", path, body: "{}", token: token)
      #expect(answer.status == 503 && answer.code == "maintenance")
      #expect(answer.headers["retry-after"] == "120")
      #expect(ProblemCatalog.all.contains { $0.code == answer.code })
      #expect(server.rooms.wishes.isEmpty && server.rooms.commands.isEmpty)
    }
  }

  @Test("Who plays goes on: tokens are refreshed, seats are left, health and lobby stay")
  func goesOn() async throws {
    try await ServerFixture.with(maintenance: Maintenance(retrySeconds: 120)) { server in
      let tokens = try await token(server)
      let left = try await server.http.request(
        "DELETE", "/v1/rooms/12/seats/me", token: tokens.access)
      #expect(left.status == 200)
      let refreshed = try await server.http.request(
        "POST", "/v1/auth/refresh", body: #"{"refresh_token":"\#(tokens.refresh)"}"#)
      #expect(refreshed.status == 200)
      for path in ["/health/live", "/health/ready", "/v1/stakes"] {
        #expect(try await server.http.request("GET", path).status == 200)
      }
      let known = try await server.http.request("GET", "/v1/config").json
      #expect(known["maintenance"] as? Bool == true)
      let features = try #require(known["features"] as? [String: Bool])
      #expect(features == ["bots": true, "tournaments": false, "social": false])
    }
  }

  @Test("A socket is told after its welcome, may move and watch, and not sit down")
  func sockets() async throws {
    try await ServerFixture.with(maintenance: Maintenance(retrySeconds: 120)) { server in
      let socket = try await TestSocket(port: server.port)
      let token = try await token(server).access
      try await socket.send(
        #"{"type": "hello", "token": "\#(token)", "protocol": 1, "rooms": [{"id": 12}]}"#)
      #expect(try await socket.message()["type"] as? String == "welcome")
      let notice = try await socket.message()
      #expect(notice["type"] as? String == "maintenance")
      #expect(notice["retry_after_ms"] as? Int == 120_000)
      #expect(try await socket.message()["type"] as? String == "snapshot")
      try await socket.send(
        #"{"type": "sit", "ref": "s", "room": 12, "#
          + #""id": "01890a5d-ac96-774b-bcce-b302099a8057", "buy_in": 5000}"#)
      let refused = try await socket.message()
      #expect(refused["code"] as? String == "maintenance" && refused["ref"] as? String == "s")
      #expect(server.rooms.commands.isEmpty)
      try await socket.send(#"{"type": "back", "ref": "b", "room": 12}"#)
      #expect(try await socket.message()["type"] as? String == "done")
    }
  }
}
