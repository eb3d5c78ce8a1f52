import Client
import NIOCore

/// Plays at a table over the WebSocket, and comes back whenever the connection is lost.
struct SmokePlayer {
  /// What is to be reached.
  enum Goal {
    case watching
    case dealt
    case handEnded
    case left
  }

  /// After these the same connection again would end the same way.
  private static let finalCodes: Set<UInt16> = [
    1002, 1003, 1007, 1009, 4400, 4401, 4403, 4409, 4426, 4429,
  ]
  /// Refusals that pass by themselves.
  private static let passingErrors: Set<String> = [
    "wrong_turn", "paused", "moved", "busy", "rate_limited", "unavailable",
  ]
  private static let firstPauseMilliseconds = 250
  private static let pauseMillisecondsMax = 3_000
  private static let againMilliseconds = 500
  private static let longWaitMilliseconds = 60_000

  let sockets: WebSocketClient
  let loop: any EventLoop
  let token: String
  let room: Int64
  let deadline: ContinuousClock.Instant
  let pauseMilliseconds: Int

  private(set) var view: TableView
  private(set) var reconnections = 0
  private var inbox: Inbox?
  private var hasWatched = false
  private var wantsToLeave = false
  /// When our decision is sent.
  private var moveAt: ContinuousClock.Instant?
  /// When the room is watched, or our wish to leave is said, once more.
  private var askAt: ContinuousClock.Instant?

  init(
    _ options: SmokeOptions, loop: any EventLoop, token: String, room: Int64, seat: Int,
    deadline: ContinuousClock.Instant
  ) throws {
    sockets = try WebSocketClient(options.address, certificates: options.certificates)
    self.loop = loop
    self.token = token
    self.room = room
    self.deadline = deadline
    pauseMilliseconds = options.pauseBeforeMoveMilliseconds
    view = TableView(seat: seat)
  }

  /// Plays on until the goal is reached.
  mutating func play(until goal: Goal) async throws {
    if goal == .left, !wantsToLeave {
      wantsToLeave = true
      stand()
    }
    while !isReached(goal) {
      guard deadline.millisecondsLeft > 0 else { throw tooLate(goal) }
      guard let inbox else {
        try await connect(goal)
        continue
      }
      switch await inbox.next(withinMilliseconds: waitMilliseconds) {
      case .text(let text): try take(text)
      case .ended(let end): try lost(end)
      case nil: act()
      }
    }
  }

  /// Says goodbye.
  func close() { inbox?.close() }

  private func isReached(_ goal: Goal) -> Bool {
    switch goal {
    case .watching: hasWatched
    case .dealt: view.current != nil || !view.ended.isEmpty
    case .handEnded: !view.ended.isEmpty
    case .left: view.left != nil
    }
  }

  private func tooLate(_ goal: Goal) -> SmokeFailure {
    let expected =
      switch goal {
      case .watching: "the room, watched over the WebSocket"
      case .dealt: "a hand that we are dealt in"
      case .handEnded: "the end of the hand"
      case .left: "our seat to be left"
      }
    let turn = view.turn.map { "it is our turn for move \($0.move)" } ?? "it is not our turn"
    return SmokeFailure(
      expected: expected, found: "nothing until the time was up (\(turn))", look: Look.log)
  }

  // What comes -----------------------------------------------------------------------------------

  private mutating func take(_ text: String) throws {
    let message = try TableMessage(text: text)
    if message.type == "error" { return try refused(message) }
    let turn = view.turn
    try view.take(message, text: text)
    if message.type == "snapshot" { hasWatched = true }
    if message.type == "moved" { askAt = .now + .milliseconds(Self.againMilliseconds) }
    if view.turn == nil { moveAt = nil }
    if let now = view.turn, turn?.move != now.move || turn?.hand != now.hand || moveAt == nil {
      moveAt = .now + .milliseconds(pauseMilliseconds)
    }
    if view.isTrustee { inbox?.send(#"{"type":"back","ref":"smoke-back","room":\#(room)}"#) }
  }

  private mutating func refused(_ message: TableMessage) throws {
    let code = message.code ?? "none"
    if message.ref == Self.standReference, code == "not_seated" { return }
    guard Self.passingErrors.contains(code) || message.ref == "smoke-back" else {
      throw SmokeFailure(
        expected: "\(message.ref ?? "what was said") to be done",
        found: "\(code): \(message.message ?? "")", look: Look.socket)
    }
    if code != "wrong_turn" { askAt = .now + .milliseconds(Self.againMilliseconds) }
  }

  private mutating func lost(_ end: WebSocketEnd) throws {
    inbox = nil
    moveAt = nil
    askAt = nil
    if case .closed(let code) = end, Self.finalCodes.contains(code) {
      throw SmokeFailure(
        expected: "a WebSocket that stays open, or one that may be opened again",
        found: "it was \(end)", look: Look.socket)
    }
    reconnections += 1
  }

  // What is done ---------------------------------------------------------------------------------

  private var waitMilliseconds: Int {
    let next = [moveAt, askAt].compactMap(\.self).min()
    let wait = next?.millisecondsLeft ?? Self.longWaitMilliseconds
    return min(wait, deadline.millisecondsLeft)
  }

  private mutating func act() {
    if let moveAt, moveAt.millisecondsLeft == 0 {
      self.moveAt = nil
      if let turn = view.turn { place(turn) }
    }
    if let askAt, askAt.millisecondsLeft == 0 {
      self.askAt = nil
      watch()
      if wantsToLeave { stand() }
      if view.turn != nil { moveAt = .now + .milliseconds(Self.againMilliseconds) }
    }
  }

  /// The first legal tile, under a name that is the same for the same turn: said twice, it is done
  /// once.
  private func place(_ turn: TableMessage.Turn) {
    guard let choice = turn.legal?.first, let end = choice.ends.first else { return }
    inbox?.send(
      """
      {"type":"place","ref":"smoke-\(turn.hand.prefix(36))-\(turn.move)","room":\(room),\
      "turn":{"hand":"\(turn.hand)","move":\(turn.move)},"tile":"\(choice.tile)","end":"\(end)"}
      """)
  }

  private static let standReference = "smoke-stand"

  private func stand() {
    inbox?.send(#"{"type":"stand","ref":"\#(Self.standReference)","room":\#(room)}"#)
  }

  private func watch() {
    let seq = view.lastSeq.map { #","seq":\#($0)"# } ?? ""
    inbox?.send(#"{"type":"watch","room":\#(room)\#(seq)}"#)
  }

  // The connection -------------------------------------------------------------------------------

  /// Opens a socket and says hello, again and again with growing pauses.
  private mutating func connect(_ goal: Goal) async throws {
    var pause = Self.firstPauseMilliseconds
    while true {
      let inbox = Inbox(on: loop)
      do {
        try await sockets.open(path: "/v1/socket", on: loop, inbox)
        greet(inbox)
        return
      } catch {
        let failure = ClientFailure(error, timeoutMilliseconds: 0)
        guard Self.isPassing(failure), deadline.millisecondsLeft > pause else {
          throw unopened(failure)
        }
      }
      try? await Task.sleep(for: .milliseconds(pause))
      pause = min(pause * 2, Self.pauseMillisecondsMax)
    }
  }

  private func unopened(_ failure: ClientFailure) -> SmokeFailure {
    guard hasWatched else {
      return SmokeFailure(
        expected: "a WebSocket at /v1/socket", found: "\(failure)", look: Look.socket)
    }
    return SmokeFailure(
      expected: "a server to come back to after the connection was lost",
      found: "\(failure), until the time was up", look: Look.log)
  }

  private mutating func greet(_ inbox: Inbox) {
    self.inbox = inbox
    let seq = view.lastSeq.map { #","seq":\#($0)"# } ?? ""
    inbox.send(
      """
      {"type":"hello","token":"\(token)","protocol":1,"client":"higgs smoke",\
      "rooms":[{"id":\(room)\(seq)}]}
      """)
    if wantsToLeave { askAt = .now + .milliseconds(Self.againMilliseconds) }
  }

  private static func isPassing(_ failure: ClientFailure) -> Bool {
    switch failure {
    case .unreachable, .timedOut, .notSecure: true
    case .upgradeRefused(let status): [429, 502, 503, 504].contains(status)
    case .answerTooLarge, .certificates: false
    }
  }
}
