import Core
import FoundationEssentials
import Synchronization
import Tables

/// Somebody who watches a room and remembers every frame.
final class Witness: Sendable {
  private let taken = Mutex<[Frame]>([])
  let player: ID<Player>?
  let id: UInt64

  init(_ player: ID<Player>? = nil, id: UInt64) {
    self.player = player
    self.id = id
  }

  var subscriber: Subscriber {
    Subscriber(id: id, player: player) { [self] frame in taken.withLock { $0.append(frame) } }
  }

  var frames: [Frame] { taken.withLock { $0 } }
  var texts: [String] { frames.map { String(decoding: $0.bytes, as: UTF8.self) } }
  var messages: [JSON] { frames.map(\.json) }

  /// The frames of one type, as a client reads them.
  func of(_ type: String) -> [JSON] { messages.filter { $0["type"]?.text == type } }

  func forget() { taken.withLock { $0.removeAll() } }
}

extension Frame {
  var json: JSON { (try? JSONDecoder().decode(JSON.self, from: Data(bytes))) ?? .null }
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
  var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
}
