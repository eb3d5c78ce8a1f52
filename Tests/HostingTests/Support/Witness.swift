import Core
import FoundationEssentials
import Synchronization
import Tables

/// Somebody who watches a room and remembers every frame.
final class Witness: Sendable {
  private struct State {
    var frames: [Frame] = []
    var waiting: [(count: Int, type: String, CheckedContinuation<Void, Never>)] = []
  }

  private let state = Mutex(State())
  let player: ID<Player>?
  let id: UInt64

  init(_ player: ID<Player>? = nil, id: UInt64 = UInt64.random(in: 0 ... .max)) {
    self.player = player
    self.id = id
  }

  var subscriber: Subscriber {
    Subscriber(id: id, player: player) { [self] frame in take(frame) }
  }

  var frames: [Frame] { state.withLock { $0.frames } }

  var messages: [Message] { frames.map(Message.init) }

  func count(_ type: String) -> Int { messages.count { $0.type == type } }

  /// Returns once so many frames of a type have come.
  func wait(for count: Int, _ type: String) async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if Witness.count(type, state.frames) >= count { return true }
        state.waiting.append((count, type, continuation))
        return false
      }
      if isThere { continuation.resume() }
    }
  }

  /// Returns once there are more frames than so many, or so many hands have ended.
  func wait(forMoreThan count: Int, orHands hands: Int) async throws {
    while frames.count <= count, Witness.count("hand.ended", frames) < hands {
      try await Task.sleep(for: .milliseconds(1))
    }
  }

  private func take(_ frame: Frame) {
    let ready = state.withLock { state in
      state.frames.append(frame)
      let ready = state.waiting.filter { Witness.count($0.type, state.frames) >= $0.count }
      state.waiting.removeAll { Witness.count($0.type, state.frames) >= $0.count }
      return ready
    }
    for waiting in ready { waiting.2.resume() }
  }

  private static func count(_ type: String, _ frames: [Frame]) -> Int {
    let head = Array("{\"type\":\"\(type)\"".utf8)
    return frames.count { $0.bytes.starts(with: head) }
  }
}

/// A frame as a client reads it.
struct Message: Sendable {
  let json: JSON

  init(_ frame: Frame) {
    json = (try? JSONDecoder().decode(JSON.self, from: Data(frame.bytes))) ?? .null
  }

  var type: String { json["type"]?.text ?? "" }
}

/// Any JSON.
enum JSON: Decodable, Sendable, Hashable {
  case null
  case flag(Bool)
  case number(Int64)
  case text(String)
  case list([JSON])
  case object([String: JSON])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? container.decode(Int64.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let list = try? container.decode([JSON].self) {
      self = .list(list)
    } else {
      self = .object(try container.decode([String: JSON].self))
    }
  }

  subscript(key: String) -> JSON? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  var text: String? { if case .text(let text) = self { text } else { nil } }
  var number: Int64? { if case .number(let number) = self { number } else { nil } }
  var list: [JSON]? { if case .list(let list) = self { list } else { nil } }
}
