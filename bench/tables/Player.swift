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
  private var hasSeen = false
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
    if text.hasPrefix(#"{"type":"error""#) {
      if !hasSat { score.refused(text) } else { score.refused() }
      return
    }
    if !hasSeen, text.hasPrefix(#"{"type":"snapshot""#) {
      hasSeen = true
      score.sees()
    }
    var text = text
    let move = text.withUTF8 { bytes in
      let frame = FrameBytes(bytes)
      if commands > 0, frame.contains("\"ref\":\"\(commands)\"") {
        score.answered(after: DispatchTime.now().uptimeNanoseconds - sentAt)
      }
      if !hasSat, frame.contains(#""ref":"sit""#) {
        hasSat = true
        score.sat()
      }
      return Move(in: frame)
    }
    guard let move else { return }
    if think.nanoseconds == 0 {
      place(move, send)
    } else {
      loop.scheduleTask(in: think) { self.place(move, send) }
    }
  }

  /// Takes a seat.
  var begin: String? {
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
  let begin: String? = nil

  init(_ chair: Chair) {
    hello = #"{"type":"hello","token":"\#(chair.token)","protocol":1,"rooms":[]}"#
  }

  func received(
    _ text: String, on loop: any EventLoop, send: @escaping @Sendable (String) -> Void
  ) {}
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
