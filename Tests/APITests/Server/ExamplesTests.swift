import API
import Foundation
import Platform
import Tables
import Testing

/// The examples of docs/api/websocket.md.
enum Examples {
  /// The JSON blocks below a heading of the second level.
  static func under(_ heading: String) throws -> [String] {
    let text = try String(
      contentsOf: ServerFixture.root.appending(path: "docs/api/websocket.md"), encoding: .utf8)
    let section = text.components(separatedBy: "\n## ").first { $0.hasPrefix(heading) } ?? ""
    return section.components(separatedBy: "```json\n").dropFirst().compactMap {
      $0.components(separatedBy: "\n```").first
    }
  }

  static func object(_ text: String) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
  }
}

@Suite("The examples of the socket's page", .timeLimit(.minutes(5)))
struct ExamplesTests {
  @Test("Every message that the page lets a client say is accepted")
  func clientMessages() async throws {
    let examples = try Examples.under("What the client says")
    #expect(examples.count == 15)
    try await ServerFixture.with { server in
      let guest = try await server.guest()
      let socket = try await TestSocket(port: server.port)
      for example in examples {
        // The tokens of the page are nobody's.
        let text = example.replacing("eyJhbGciOiJFZERTQSJ9.e30.c2ln", with: guest.token)
        try await socket.send(text)
        let type = try Examples.object(example)["type"] as? String
        switch type {
        case "hello":
          #expect(try await socket.message()["type"] as? String == "welcome")
          #expect(try await socket.message()["type"] as? String == "snapshot")
        case "ping": #expect(try await socket.message()["type"] as? String == "pong")
        case "watch": #expect(try await socket.message()["type"] as? String == "snapshot")
        case "unwatch": break
        default: #expect(try await socket.message()["type"] as? String == "done", "\(example)")
        }
      }
      #expect(server.rooms.commands.count == 8)
      #expect(server.rooms.commands.map(\.reference?.text).contains("m-7"))
    }
  }

  @Test("What the gateway says looks as the page shows it")
  func gatewayMessages() async throws {
    let examples = try Examples.under("What the gateway says").map(Examples.object)
    try await ServerFixture.with { server in
      let guest = try await server.guest()
      let socket = try await TestSocket(port: server.port)
      try await socket.send(#"{"type":"hello","token":"\#(guest.token)","protocol":1}"#)
      var produced = [try await socket.message()]
      try await socket.send(#"{"type":"ping","ref":"p-1"}"#)
      try await socket.send(#"{"type":"back","ref":"b","room":12}"#)
      try await socket.send(#"{"type":"back","ref":"b","room":13}"#)
      try await socket.send(#"{"type":"token","ref":"t","token":"\#(guest.token)"}"#)
      for _ in 0..<4 { produced.append(try await socket.message()) }
      produced.append(try await maintenanceMessage())
      for message in produced {
        let type = message["type"] as? String
        let shown = examples.filter { $0["type"] as? String == type }
        #expect(
          shown.contains { Shape.of($0).covers(Shape.of(message)) }, "\(message) is not shown")
      }
      let types = Set(produced.compactMap { $0["type"] as? String })
      #expect(types == Set(examples.compactMap { $0["type"] as? String }))
    }
  }

  /// What comes after the welcome of a server that is being maintained.
  private func maintenanceMessage() async throws -> [String: Any] {
    var message: [String: Any] = [:]
    try await ServerFixture.with(maintenance: Maintenance(retrySeconds: 300)) { server in
      let guest = try await server.identity.createGuest(
        displayName: nil, locale: nil, from: .init(device: nil, address: nil))
      let socket = try await TestSocket(port: server.port)
      let token = guest.grant.accessToken
      try await socket.send(#"{"type":"hello","token":"\#(token)","protocol":1}"#)
      _ = try await socket.message("welcome")
      message = try await socket.message()
    }
    return message
  }
}

/// The names and kinds of a message, without its values.
struct Shape {
  var kinds: [String: String] = [:]

  static func of(_ message: [String: Any]) -> Shape {
    var shape = Shape()
    shape.add("", message)
    return shape
  }

  private mutating func add(_ path: String, _ value: Any) {
    switch value {
    case let object as [String: Any]:
      kinds[path] = "object"
      for (name, value) in object { add(path + "." + name, value) }
    case let array as [Any]:
      kinds[path] = "array"
      for value in array { add(path + "[]", value) }
    case is String: kinds[path] = "text"
    case is NSNull: kinds[path] = kinds[path] ?? "null"
    default: kinds[path] = "number"
    }
  }

  /// Whether everything in the other is here, of the same kind; null goes with anything.
  func covers(_ other: Shape) -> Bool { other.missing(in: self).isEmpty }

  /// What is here and not there, or of another kind.
  func missing(in other: Shape) -> [String] {
    kinds.filter { path, kind in
      guard let known = other.kinds[path] else { return true }
      return known != kind && known != "null" && kind != "null"
    }.map(\.key)
  }
}
