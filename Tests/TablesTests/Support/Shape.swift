import FoundationEssentials
import Testing

/// The members of messages and the kinds of their values, at any depth, without the values.
struct Shape: Sendable, Equatable {
  /// For each path, such as `state.seats[].player.name`, the kinds that were seen there.
  private(set) var kinds: [String: Set<String>] = [:]

  /// The shape of all these messages together.
  init(_ messages: [JSON]) {
    for message in messages { add(message, at: "") }
  }

  private mutating func add(_ value: JSON, at path: String) {
    switch value {
    case .null: note("null", path)
    case .flag: note("flag", path)
    case .number: note("number", path)
    case .text: note("text", path)
    case .list(let items):
      note("list", path)
      for item in items { add(item, at: path + "[]") }
    case .object(let members):
      note("object", path)
      // A game's own options differ from game to game.
      guard !path.hasSuffix(".options") else { return }
      for (name, member) in members { add(member, at: path + "." + name) }
    }
  }

  private mutating func note(_ kind: String, _ path: String) {
    kinds[path, default: []].insert(kind)
  }

  /// What is here and not in the other.
  func beyond(_ other: Shape) -> [String] {
    kinds.flatMap { path, kinds in
      kinds.subtracting(other.kinds[path] ?? []).map { "\(path): \($0)" }
    }.sorted()
  }
}

/// The examples of docs/api/websocket.md.
enum SocketPage {
  /// The JSON blocks below a heading of the second level.
  static func examples(under heading: String) throws -> [JSON] {
    let text = try String(
      contentsOf: root.appending(path: "docs/api/websocket.md"), encoding: .utf8)
    let section = text.split(separator: "\n## ").first { $0.hasPrefix(heading) }
    let blocks = try #require(section).split(separator: "```json\n").dropFirst()
    return try blocks.map { block in
      let end = block.firstRange(of: "\n```")?.lowerBound ?? block.endIndex
      return try JSONDecoder().decode(JSON.self, from: Data(block[..<end].utf8))
    }
  }

  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}
