import API
import Foundation
import Platform
import TestSupport
import Testing

@Suite("The socket", .timeLimit(.minutes(5)))
struct SocketTests {
  @Test("A hello is welcomed, and its rooms are watched from the event that the client has")
  func hello() async throws {
    try await ServerFixture.with { server in
      let guest = try await server.guest()
      let socket = try await TestSocket(port: server.port)
      try await socket.send(
        #"{"type":"hello","token":"\#(guest.token)","protocol":1,"rooms":[{"id":12,"seq":5}]}"#)
      let welcome = try await socket.message()
      #expect(welcome["type"] as? String == "welcome")
      #expect((welcome["player"] as? [String: Any])?["id"] as? String == guest.player)
      #expect(try await socket.message()["type"] as? String == "snapshot")
      #expect(server.rooms.cursors == [5])
      server.rooms.publish(#"{"type":"emote","room":12}"#)
      #expect(try await socket.message()["type"] as? String == "emote")
    }
  }

  @Test(
    "What is no good hello ends the socket",
    arguments: [
      (#"{"type":"ping"}"#, 4400), ("nonsense", 4400),
      (#"{"type":"hello","token":"x","protocol":0}"#, 4426),
      (#"{"type":"hello","token":"x","protocol":2}"#, 4426),
      (#"{"type":"hello","token":"x","protocol":1}"#, 4401),
      (#"{"type":"hello","token":"x","protocol":1,"password":"y"}"#, 4400),
    ] as [(String, UInt16)])
  func badHello(_ text: String, _ code: UInt16) async throws {
    try await ServerFixture.with { server in
      let socket = try await TestSocket(port: server.port)
      try await socket.send(text)
      #expect(try await socket.closeCode() == code)
    }
  }

  @Test("Without a hello the socket is closed")
  func silence() async throws {
    var limits = APILimits()
    limits.helloSeconds = 0
    try await ServerFixture.with(limits: limits) { server in
      let socket = try await TestSocket(port: server.port)
      #expect(try await socket.closeCode() == 4400)
    }
  }

  @Test(
    "Broken frames end the socket with their code",
    arguments: [
      (ClientFrames.frame(1, [65], mask: nil), 1002), (ClientFrames.frame(1, [0xFF]), 1007),
      (ClientFrames.frame(2, [1]), 1003), (ClientFrames.frame(1, [65], reserved: 0x40), 1002),
      (ClientFrames.frame(1, Array(repeating: 65, count: 5_000)), 1009),
    ] as [([UInt8], UInt16)])
  func brokenFrames(_ bytes: [UInt8], _ code: UInt16) async throws {
    try await ServerFixture.with { server in
      let socket = try await server.socket(try await server.guest().token)
      try await socket.connection.send(bytes)
      #expect(try await socket.closeCode() == code)
    }
  }

  @Test("A message that is wrong is refused with its ref, and the socket goes on")
  func badMessage() async throws {
    try await ServerFixture.with { server in
      let socket = try await server.socket(try await server.guest().token)
      try await socket.send(#"{"type":"stand","ref":"r1","room":12,"why":1}"#)
      let refusal = try await socket.message()
      #expect(refusal["code"] as? String == "bad_message" && refusal["ref"] as? String == "r1")
      try await socket.send(#"{"type":"stand","ref":"r2","room":99}"#)
      #expect(try await socket.message()["code"] as? String == "room_not_found")
      try await socket.send(#"{"type":"ping","ref":"r3"}"#)
      #expect(try await socket.message()["type"] as? String == "pong")
    }
  }

  @Test("A player may have five sockets, and a sixth when one has gone")
  func fiveSockets() async throws {
    try await ServerFixture.with { server in
      let guest = try await server.guest()
      var sockets: [TestSocket] = []
      for _ in 0..<5 { sockets.append(try await server.socket(guest.token)) }
      let sixth = try await TestSocket(port: server.port)
      try await sixth.send(#"{"type":"hello","token":"\#(guest.token)","protocol":1}"#)
      #expect(try await sixth.closeCode() == 4409)
      try await sockets[0].connection.send(ClientFrames.frame(8, [3, 232]))
      _ = try await sockets[0].closeCode()
      while await sockets[0].connection.receive() {}
      _ = try await server.socket(guest.token)
    }
  }

  @Test("Signing out ends the player's sockets at once")
  func revocation() async throws {
    try await ServerFixture.with { server in
      let guest = try await server.guest()
      let socket = try await server.socket(guest.token)
      let answer = try await server.http.request("DELETE", "/v1/session", token: guest.token)
      #expect(answer.status == 204)
      #expect(try await socket.closeCode() == 4401)
    }
  }

  @Test("A token is renewed on the same socket; another player's ends it")
  func renewal() async throws {
    try await ServerFixture.with { server in
      let guest = try await server.guest()
      let socket = try await server.socket(guest.token)
      let answer = try await server.http.request(
        "POST", "/v1/auth/refresh", body: #"{"refresh_token":"\#(guest.refresh)"}"#)
      let renewed = try #require(answer.json["access_token"] as? String)
      try await socket.send(#"{"type":"token","ref":"t","token":"\#(renewed)"}"#)
      let done = try await socket.message("done")
      #expect(done["session_expires_in_ms"] as? Int ?? 0 > 890_000)
      let other = try await server.guest().token
      try await socket.send(#"{"type":"token","token":"\#(other)"}"#)
      #expect(try await socket.closeCode() == 4403)
    }
  }

  @Test("A client that does not read is closed with 4408, and nobody waits for it")
  func slowConsumer() async throws {
    var limits = APILimits()
    limits.queuedSeconds = 600
    try await ServerFixture.with(limits: limits) { server in
      let slow = try await RawConnection(port: server.port, reads: false)
      let guest = try await server.guest()
      var text = "GET /v1/socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
      text += "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      text += "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
      let hello = #"{"type":"hello","token":"\#(guest.token)","protocol":1,"rooms":[{"id":12}]}"#
      try await slow.send(Array(text.utf8) + ClientFrames.text(hello))
      let quick = try await server.socket(try await server.guest().token, watching: true)
      while server.rooms.watchers < 2 { try await Task.sleep(for: .milliseconds(1)) }
      let filling = String(repeating: "x", count: 8_000)
      // The kernel takes some megabytes before the queue begins to grow.
      var sent = 0
      while server.rooms.watchers == 2, sent < 20_000 {
        server.rooms.publish(#"{"type":"emote","room":12,"text":"\#(filling)"}"#)
        _ = try await quick.message("emote")
        sent += 1
      }
      #expect(server.rooms.watchers == 1)
      try await slow.startReading()
      while await slow.receive() {}
      let close = ClientFrames.frame(8, [17, 56], mask: nil).prefix(1)
      #expect(slow.buffer.suffix(200).contains(close[0]))
      #expect(slow.buffer.suffix(64).firstRange(of: [17, 56]) != nil)
    }
  }

  @Test("A browser must come from the server's own page")
  func origin() async throws {
    try await ServerFixture.with { server in
      _ = try await TestSocket(
        port: server.port, headers: ["Origin": "http://127.0.0.1:\(server.port)"])
      await #expect(throws: TestSocket.Refused(status: 403)) {
        _ = try await TestSocket(port: server.port, headers: ["Origin": "https://evil.example"])
      }
    }
  }

  @Test("An address may have so many sockets")
  func socketsPerAddress() async throws {
    var limits = APILimits()
    limits.socketsPerAddress = 2
    try await ServerFixture.with(limits: limits) { server in
      let first = try await TestSocket(port: server.port)
      let second = try await TestSocket(port: server.port)
      await #expect(throws: TestSocket.Refused(status: 429)) {
        _ = try await TestSocket(port: server.port)
      }
      _ = (first, second)
    }
  }

  @Test("Too many messages are refused, and going on ends the socket")
  func flood() async throws {
    try await ServerFixture.with(limits: APILimits()) { server in
      let socket = try await server.socket(try await server.guest().token)
      try await socket.connection.send(
        (0..<400).flatMap { _ in ClientFrames.text(#"{"type":"ping"}"#) })
      #expect(try await socket.message("error")["code"] as? String == "rate_limited")
      #expect(try await socket.closeCode() == 4429)
    }
  }

  @Test("Any bytes leave the server well", arguments: 0..<6 as Range<UInt64>)
  func fuzz(_ seed: UInt64) async throws {
    try await ServerFixture.with { server in
      var random = SeededGenerator(seed: seed)
      let guest = try await server.guest()
      for _ in 0..<5 {
        let socket = try await server.socket(guest.token, watching: true)
        for _ in 0..<10 {
          let bytes = ClientFrames.random(using: &random)
          for piece in ClientFrames.torn(bytes, using: &random) {
            try? await socket.connection.send(piece)
          }
        }
        await socket.connection.close()
      }
      let answer = try await server.http.request("GET", "/health/live")
      #expect(answer.status == 200, "seed \(seed)")
    }
  }
}
