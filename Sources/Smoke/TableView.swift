import Domino

/// What a seat has seen of its table: a pure value that takes one message after the other, and
/// notices what may not be.
package struct TableView: Sendable {
  /// Our seat.
  package let seat: Int
  /// The number of the last event; nil before the first snapshot.
  private(set) var lastSeq: Int64?
  /// The hand that is being played, if we are dealt in.
  private(set) var current: PlayedHand?
  /// Those that are over.
  package private(set) var ended: [PlayedHand] = []
  /// Our decision, where it is our turn.
  private(set) var turn: TableMessage.Turn?
  /// Whether our seat is played for us.
  private(set) var isTrustee = false
  /// Whether we have left, and with how many chips where that was told.
  private(set) var left: Leaving?

  enum Leaving: Sendable, Hashable {
    case with(Int64)
    case untold
  }

  /// What the seat has seen before anything was said.
  package init(seat: Int) {
    self.seat = seat
  }

  /// Takes a message as it came.
  package mutating func take(_ text: String) throws(SmokeFailure) {
    try take(TableMessage(text: text), text: text)
  }

  /// Takes a message; `text` is what it was read from.
  mutating func take(_ message: TableMessage, text: String) throws(SmokeFailure) {
    if message.isEvent { try count(message) }
    switch message.type {
    case "snapshot": try snapshot(message, text: text)
    case "hand.started": start(message)
    case "tile.placed", "seat.passed", "tile.drawn": move(message)
    case "hand.ended": end(message.ended, text: text)
    case "seat.left" where message.seat == seat: left = message.cashedOut.map { .with($0) }
    case "trustee" where message.seat == seat: isTrustee = message.on ?? false
    case "running": note(message.turn)
    case "paused", "moved": turn = nil
    case "hand.voided", "room.closed":
      throw SmokeFailure(
        expected: "a hand that is played to its end",
        found: "\(message.type) (\(message.reason ?? "no reason was told"))", look: Look.log)
    default: break
    }
  }

  /// Each event has one number more than the one before: a gap is a loss.
  private mutating func count(_ message: TableMessage) throws(SmokeFailure) {
    guard let seq = message.seq else { return }
    defer { lastSeq = seq }
    guard let lastSeq, seq != lastSeq + 1 else { return }
    throw SmokeFailure(
      expected: "event \(lastSeq + 1) of the room", found: "\(message.type) with \(seq)",
      look: Look.socket)
  }

  private mutating func snapshot(
    _ message: TableMessage, text: String
  ) throws(SmokeFailure) {
    guard let state = message.state else { return }
    lastSeq = message.seq
    if let playing = current, state.hand?.id != playing.id {
      // It ended while we were away.
      guard let last = state.lastResult, last.hand == playing.id else {
        throw SmokeFailure(
          expected: "hand \(playing.id), or its result, after coming back",
          found: "hand \(state.hand?.id ?? "none"), result of \(state.lastResult?.hand ?? "none")",
          look: Look.log)
      }
      end(last, text: text)
    }
    if let hand = state.hand { try resume(hand) }
    note(state.hand?.turn)
    if state.you == nil, left == nil { left = .untold }
  }

  /// What was seen must still be there: nothing is shown before it is durable.
  private mutating func resume(_ hand: TableMessage.Hand) throws(SmokeFailure) {
    guard let tiles = hand.yourTiles else { return }
    var playing =
      current
      ?? PlayedHand(id: hand.id, number: hand.number, commit: hand.commit, dealt: [], tiles: [])
    for seen in playing.placements {
      let stored = hand.moves.first { $0.move == seen.move }
      guard stored?.tile == seen.tile, stored?.seat == seen.seat else {
        throw SmokeFailure(
          expected: "move \(seen.move), \(seen.tile) of seat \(seen.seat), as it was shown",
          found: stored.map { "\($0.tile?.description ?? "no tile") of seat \($0.seat ?? -1)" }
            ?? "no such move",
          look: Look.ledger)
      }
    }
    for move in hand.moves where !playing.placements.contains(where: { $0.move == move.move }) {
      guard let tile = move.tile, let seat = move.seat else { continue }
      playing.placements.append(.init(move: move.move, seat: seat, tile: tile, end: move.end ?? ""))
    }
    let ours = playing.placements.filter { $0.seat == seat }.map(\.tile)
    playing.tiles = Array(Set(playing.tiles + tiles + ours))
    current = playing
  }

  private mutating func start(_ message: TableMessage) {
    note(message.turn)
    guard let tiles = message.yourTiles, let hand = message.hand else { return }
    let dealt = (message.seats ?? []).map {
      PlayedHand.Dealt(seat: $0.seat, stack: $0.stack ?? 0, clientSeed: $0.clientSeed ?? "")
    }
    current = PlayedHand(
      id: hand, number: message.number ?? 0, commit: message.commit ?? "", dealt: dealt,
      tiles: tiles)
  }

  private mutating func move(_ message: TableMessage) {
    note(message.turn)
    guard message.type == "tile.placed", let tile = message.tile, let mover = message.seat else {
      return
    }
    current?.placements.append(
      .init(move: message.move ?? 0, seat: mover, tile: tile, end: message.end ?? ""))
  }

  private mutating func end(_ result: TableMessage.Ended?, text: String) {
    turn = nil
    guard let result, var hand = current, hand.id == result.hand else { return }
    hand.ended = result
    hand.record = Revelation.record(in: text)
    ended.append(hand)
    current = nil
  }

  private mutating func note(_ turn: TableMessage.Turn?) {
    self.turn = turn?.seat == seat && turn?.legal?.isEmpty == false ? turn : nil
  }
}
