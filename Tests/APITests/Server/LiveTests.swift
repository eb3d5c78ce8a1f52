import API
import Core
import Foundation
import Hosting
import Postgres
import Tables
import Testing

@Suite("A live table behind the gateway", .timeLimit(.minutes(5)))
struct LiveTests {
  @Test("A private room needs its code; all that its players are told is on the page of the socket")
  func privateRoom() async throws {
    try await LiveTables.with { server in
      let (creator, friend) = (try await server.guest(), try await server.guest())
      let opened = try await server.http.request(
        "POST", "/v1/rooms", body: #"{"stake":"gaple_warung","private":true}"#,
        token: creator.token)
      let room = try #require(opened.json["room"] as? Int)
      let code = try #require(opened.json["join_code"] as? String)
      try await refusals(server, friend.token, room)
      try await listing(server, room, code)

      let socket = try await server.socket(friend.token)
      var said: [[String: Any]] = []
      try await socket.send(#"{"type":"watch","room":\#(room)}"#)
      said.append(try await socket.message("error"))
      #expect(said.last?["code"] as? String == "join_code_needed")
      try await socket.send(
        #"{"type":"watch","room":\#(room),"join_code":"\#(code.lowercased())"}"#)
      said.append(try await socket.message("snapshot"))
      try await sit(server, creator.token, room)
      try await sit(server, friend.token, room)
      let bots = try await server.http.request(
        "POST", "/v1/rooms/\(room)/bots", body: #"{"count":2}"#, token: creator.token)
      #expect(bots.json["bots"] as? Int == 2)
      said += try await play(socket, room)
      try compare(said)
    }
  }

  @Test("The codes of the page are those of the server")
  func codes() throws {
    let page = try String(
      contentsOf: ServerFixture.root.appending(path: "docs/api/websocket.md"), encoding: .utf8)
    let closing = Set(
      page.split(separator: "\n").compactMap { line in
        line.hasPrefix("| ") ? UInt16(line.split(separator: " ")[1]) : nil
      })
    #expect(closing == Set(CloseCode.allCases.map(\.rawValue)))
    let section = try #require(page.components(separatedBy: "### `error`").dropFirst().first)
    let paragraph = section.components(separatedBy: "### ").first ?? ""
    let shown = Set(
      (paragraph.components(separatedBy: "Codes of the socket").last ?? "")
        .components(separatedBy: "`").enumerated().filter { $0.offset % 2 == 1 }.map(\.element))
    // These two are refused over HTTP only.
    let overHTTP: Set = [CommandError.Code.stakeNotFound, .botsOff]
    let ofTables = CommandError.Code.allCases.filter { !overHTTP.contains($0) }.map(\.rawValue)
    #expect(shown.isSuperset(of: ofTables), "\(Set(ofTables).subtracting(shown))")
    #expect(
      shown.subtracting(ofTables) == [
        "maintenance", "rate_limited", "too_many_rooms", "unauthenticated", "unavailable",
        "upgrade_required",
      ])
  }

  private func refusals(_ server: ServerFixture, _ token: String, _ room: Int) async throws {
    for body in [#"{"buy_in":5000}"#, #"{"buy_in":5000,"join_code":"AAAA2222"}"#] {
      let answer = try await server.http.request(
        "POST", "/v1/rooms/\(room)/seats", body: body, token: token,
        headers: ["Idempotency-Key": UUID().uuidString])
      #expect(answer.status == 403 && answer.code == "join_code_needed")
    }
    let unseen = try await server.http.request("GET", "/v1/rooms/\(room)", token: token)
    #expect(unseen.status == 404)
  }

  private func listing(_ server: ServerFixture, _ room: Int, _ code: String) async throws {
    func rooms(_ query: String) async throws -> [Int] {
      let answer = try await server.http.request("GET", "/v1/rooms" + query)
      return (answer.json["items"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? Int }
    }
    #expect(try await rooms("?stake=gaple_warung") == [])
    #expect(try await rooms("?join_code=\(code.lowercased())") == [room])
    #expect(try await rooms("?join_code=AAAA2222") == [])
  }

  private func sit(_ server: ServerFixture, _ token: String, _ room: Int) async throws {
    let answer = try await server.http.request(
      "POST", "/v1/rooms/\(room)/seats", body: #"{"buy_in":5000}"#, token: token,
      headers: ["Idempotency-Key": UUID().uuidString])
    #expect(answer.status == 201 && answer.json["is_waiting"] as? Bool == false)
  }

  /// Plays what is legal until a hand has ended; all that was said.
  private func play(_ socket: TestSocket, _ room: Int) async throws -> [[String: Any]] {
    var said: [[String: Any]] = []
    while said.last?["type"] as? String != "hand.ended" {
      let message = try await socket.message()
      said.append(message)
      guard let turn = message["turn"] as? [String: Any],
        let legal = (turn["legal"] as? [[String: Any]])?.first,
        let hand = turn["hand"], let move = turn["move"], let tile = legal["tile"],
        let end = (legal["ends"] as? [String])?.first
      else { continue }
      try await socket.send(
        """
        {"type":"place","ref":"m-\(move)","room":\(room),"turn":{"hand":"\(hand)","move":\(move)},\
        "tile":"\(tile)","end":"\(end)"}
        """)
    }
    try await socket.send(#"{"type":"stand","ref":"s","room":\#(room)}"#)
    said.append(try await socket.message("done"))
    return said
  }

  private func compare(_ said: [[String: Any]]) throws {
    let page = try ["What the gateway says", "What rooms say"].flatMap {
      try Examples.under($0).map(Examples.object)
    }
    for message in said {
      let type = message["type"] as? String
      var shown = Shape()
      for example in page where example["type"] as? String == type {
        shown.kinds.merge(Shape.of(example).kinds) { $0 == "null" ? $1 : $0 }
      }
      // A game's own options differ from game to game.
      let missing = Shape.of(message).missing(in: shown).filter { !$0.contains(".options.") }
      #expect(missing == [], "\(message)")
    }
  }
}

/// A server whose tables are hosted for real.
enum LiveTables {
  nonisolated(nonsending)
    static func with(_ body: (ServerFixture) async throws -> Void) async throws
  {
    var hosts: [Hosting.Host] = []
    try await ServerFixture.with(tables: { pool in
      let host = makeHost(pool)
      hosts.append(host)
      return TableAccess(host)
    }) { server in
      let host = try #require(hosts.first)
      let running = Task { try await host.run() }
      await host.waitUntilReady()
      let result: Result<Void, any Error>
      do { result = .success(try await body(server)) } catch { result = .failure(error) }
      await host.shutdown()
      try await running.value
      try result.get()
    }
  }

  private static func makeHost(_ pool: PostgresPool) -> Hosting.Host {
    guard let seeds = SeedKeys(keys: ["k1": [UInt8](repeating: 7, count: 32)], current: "k1") else {
      preconditionFailure("the ring is whole")
    }
    var configuration = HostConfiguration(name: "live", internalAddress: "127.0.0.1:1")
    configuration.policy.botMilliseconds = 0...0
    configuration.policy.breakMilliseconds = 0
    configuration.policy.turnMilliseconds = 200
    configuration.policy.timeBankMilliseconds = 0
    configuration.policy.timeBankRefillMilliseconds = 0
    configuration.logger.logLevel = .error
    return Hosting.Host(pool: pool, seeds: seeds, configuration: configuration)
  }
}
