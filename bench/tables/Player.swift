import Dispatch
import FoundationEssentials
import NIOCore

/// One player: sits down, and whenever it is its turn places the first tile that is legal.
///
/// Used on its channel's event loop only.
final class Player: SocketUser, @unchecked Sendable {
  private let chair: Chair
  private let think: TimeAmount
  private let score: Score
  private var commands = 0
  private var sentAt: UInt64 = 0
  private var hasSat = false

  init(_ chair: Chair, thinkMilliseconds: Int, score: Score) {
    self.chair = chair
    self.score = score
    think = .milliseconds(Int64(thinkMilliseconds))
  }

  /// The first message.
  var hello: String {
    #"{"type":"hello","token":"\#(chair.token)","protocol":1,"rooms":[{"id":\#(chair.room)}]}"#
  }

  /// Reads a frame; what it says is looked for and not parsed, since this program shares the
  /// server's cores.
  func received(
    _ text: String, on loop: any EventLoop, send: @escaping @Sendable (String) -> Void
  ) {
    let bytes = text.utf8
    if text.hasPrefix(#"{"type":"error""#) {
      score.refused()
      return
    }
    if !hasSat, text.hasPrefix(#"{"type":"snapshot""#) {
      hasSat = true
      send(sit)
    }
    if commands > 0, bytes.contains("\"ref\":\"\(commands)\"".utf8) {
      score.answered(after: DispatchTime.now().uptimeNanoseconds - sentAt)
    }
    guard let move = Move(in: text) else { return }
    if think.nanoseconds == 0 {
      place(move, send)
    } else {
      loop.scheduleTask(in: think) { self.place(move, send) }
    }
  }

  private var sit: String {
    let id = UUID.version7()
    return #"{"type":"sit","ref":"sit","room":\#(chair.room),"id":"\#(id)","buy_in":20000}"#
  }

  private func place(_ move: Move, _ send: (String) -> Void) {
    commands += 1
    sentAt = DispatchTime.now().uptimeNanoseconds
    send(
      """
      {"type":"place","ref":"\(commands)","room":\(chair.room),\
      "turn":{"hand":"\(move.hand)","move":\(move.number)},\
      "tile":"\(move.tile)","end":"\(move.end)"}
      """)
  }
}

/// Says hello and nothing more.
final class Idler: SocketUser {
  let hello: String

  init(_ chair: Chair) {
    hello = #"{"type":"hello","token":"\#(chair.token)","protocol":1,"rooms":[]}"#
  }

  func received(
    _ text: String, on loop: any EventLoop, send: @escaping @Sendable (String) -> Void
  ) {}
}

/// The first legal move that a frame offers its receiver.
struct Move {
  var hand: Substring
  var number: Substring
  var tile: Substring
  var end: Substring

  init?(in text: String) {
    guard let turn = text.text(after: #""turn":{"#), let legal = turn.text(after: #""legal":[{"#),
      let hand = turn.value(of: "hand"), let number = turn.value(of: "move"),
      let tile = legal.value(of: "tile"), let ends = legal.text(after: #""ends":[""#)
    else { return nil }
    (self.hand, self.number, self.tile) = (hand, number, tile)
    end = ends.prefix { $0 != "\"" }
  }
}

extension StringProtocol where SubSequence == Substring {
  /// What follows the first place of some text.
  func text(after needle: String) -> Substring? {
    guard let range = utf8.firstRange(of: needle.utf8) else { return nil }
    return self[range.upperBound...]
  }

  /// A field's value, without quotes.
  func value(of name: String) -> Substring? {
    text(after: "\"\(name)\":")?.drop { $0 == "\"" }.prefix { !"\",}".contains($0) }
  }
}

extension UUID {
  /// A version-7 id of this moment.
  static func version7() -> String {
    let milliseconds = UInt64(Date().timeIntervalSince1970 * 1000)
    let head = String(milliseconds, radix: 16)
    let time = String(repeating: "0", count: 12 - head.count) + head
    let tail = UUID().uuidString.lowercased()
    return "\(time.prefix(8))-\(time.suffix(4))-7\(tail.dropFirst(15))"
  }
}
