import API
import Foundation
import TestSupport
import Testing

@Suite("HTTP", .timeLimit(.minutes(5)))
struct HTTPTests {
  @Test("A quick seat that is asked for again is answered as before")
  func idempotency() async throws {
    try await ServerFixture.with { server in
      let guest = try await server.guest()
      func ask(_ body: String, key: String?) async throws -> HTTPAnswer {
        try await server.http.request(
          "POST", "/v1/quick-seat", body: body, token: guest.token,
          headers: key.map { ["Idempotency-Key": $0] } ?? [:])
      }
      let first = try await ask(#"{"stake":"gaple_warung"}"#, key: "k")
      let second = try await ask(#"{"stake":"gaple_warung"}"#, key: "k")
      #expect(first.status == 201 && second.status == 201 && first.body == second.body)
      #expect(second.headers["idempotent-replayed"] == "true")
      #expect(server.rooms.wishes.count == 1)
      let other = try await ask(#"{"stake":"gaple_kota"}"#, key: "k")
      #expect(other.status == 422 && other.code == "idempotency_key_reused")
      #expect(try await ask(#"{"stake":"x"}"#, key: nil).code == "idempotency_key_missing")
    }
  }

  @Test(
    "Bodies that are wrong are refused with a clear problem",
    arguments: [
      (#"{"display_name":"a","display_name":"b"}"#, 400), ("[1]", 400), ("{", 400),
      (#"{"nickname":"a"}"#, 400), (#"{"display_name":""}"#, 422), (#"{"display_name":7}"#, 400),
      (
        #"{"a":"# + String(repeating: "[", count: 40) + String(repeating: "]", count: 40) + "}", 400
      ),
      (#"{"display_name":""# + String(repeating: "x", count: 20_000) + #""}"#, 413),
    ])
  func bodies(_ body: String, _ status: Int) async throws {
    try await ServerFixture.with { server in
      let answer = try await server.http.request("POST", "/v1/auth/guest", body: body)
      #expect(answer.status == status)
      #expect(answer.headers["content-type"] == "application/problem+json")
      #expect((answer.json["detail"] as? String)?.isEmpty == false)
      #expect(ProblemCatalog.all.contains { $0.code == answer.code })
    }
  }

  @Test("A body that is no JSON by its type is refused")
  func mediaType() async throws {
    try await ServerFixture.with { server in
      let answer = try await server.http.request(
        "POST", "/v1/auth/guest", body: "{}", headers: ["Content-Type": "text/plain"])
      #expect(answer.status == 415)
    }
  }

  @Test("Every answer has its request's id and the security headers")
  func envelope() async throws {
    try await ServerFixture.with { server in
      let own = try await server.http.request(
        "GET", "/v1/nothing", headers: ["X-Request-ID": "my-id.1"])
      #expect(own.headers["x-request-id"] == "my-id.1" && own.status == 404)
      #expect(own.json["instance"] as? String == "urn:request:my-id.1")
      let made = try await server.http.request(
        "GET", "/health/live", headers: ["X-Request-ID": "bad id!"])
      #expect(made.headers["x-request-id"]?.contains(" ") == false)
      #expect(made.headers["content-security-policy"]?.contains("default-src 'none'") == true)
      #expect(made.headers["x-content-type-options"] == "nosniff")
    }
  }

  @Test("Sign-ins of one address have a limit, which the headers tell")
  func rateLimit() async throws {
    var limits = APILimits()
    limits.signInsPerAddress = RateLimit(burst: 2, perSecond: 0.01)
    try await ServerFixture.with(limits: limits) { server in
      let path = "/v1/auth/guest/sign-in"
      let body = #"{"guest_secret":"x"}"#
      let first = try await server.http.request("POST", path, body: body)
      #expect(first.status == 401)
      _ = try await server.http.request("POST", path, body: body)
      let third = try await server.http.request("POST", path, body: body)
      #expect(third.status == 429 && third.code == "rate_limited")
      #expect(third.headers["ratelimit-limit"] == "2" && third.headers["retry-after"] != nil)
    }
  }

  @Test("Files are served with a tag, and answered 304 while they stay the same")
  func files() async throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("index.html", "<!doctype html>halo")
    _ = try folder.write(".secret", "x")
    let root = URL(fileURLWithPath: folder.path(""))
    try await ServerFixture.with(webRoot: root) { server in
      let page = try await server.http.request("GET", "/")
      #expect(page.status == 200 && page.headers["content-type"]?.hasPrefix("text/html") == true)
      let tag = try #require(page.headers["etag"])
      let again = try await server.http.request("GET", "/", headers: ["If-None-Match": tag])
      #expect(again.status == 304 && again.body.isEmpty)
      for path in ["/.secret", "/../etc/passwd", "/%2e%2e/etc/passwd", "/a//b", "/missing.js"] {
        #expect(try await server.http.request("GET", path).status == 404, "\(path)")
      }
    }
  }

  @Test("A socket cannot be made of a connection that was used before")
  func lateUpgrade() async throws {
    try await ServerFixture.with { server in
      let connection = try await RawConnection(port: server.port)
      let host = "Host: 127.0.0.1\r\n"
      try await connection.send(Array("GET /health/live HTTP/1.1\r\n\(host)\r\n".utf8))
      while connection.buffer.firstRange(of: Array("\"ok\"".utf8)) == nil {
        #expect(await connection.receive())
      }
      connection.buffer = []
      let upgrade =
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      try await connection.send(
        Array("GET /v1/socket HTTP/1.1\r\n\(host)\(upgrade)\r\n".utf8))
      while await connection.receive() {}
      #expect(try HTTPClient.answer(connection.buffer).status == 429)
    }
  }
}
