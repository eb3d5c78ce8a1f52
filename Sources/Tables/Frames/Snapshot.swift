import Core
import Domino

/// A room as one viewer may see it now.
struct Snapshot {
  let state: TableState
  let player: ID<Player>?
  let seq: Int64
  /// Whose move it is, with the times as they are now.
  let turn: TurnEvent?
  /// Until the next deal; nil where none is due.
  let startsInMilliseconds: Int?
  /// How many watch without a seat.
  let spectators: Int

  /// The `snapshot` frame.
  var frame: Frame {
    var writer = JSONWriter(capacity: 4096)
    writer.beginObject()
    writer.key("type")
    writer.value("snapshot")
    writer.key("room")
    writer.value(state.facts.id.rawValue)
    writer.key("seq")
    writer.value(seq)
    writer.key("state")
    writer.beginObject()
    facts(&writer)
    you(&writer)
    if let code = state.facts.joinCode {
      writer.key("join_code")
      writer.value(code)
    }
    writer.key("spectators")
    writer.value(spectators)
    seats(&writer)
    deal(&writer)
    hand(&writer)
    last(&writer)
    writer.endObject()
    writer.endObject()
    return Frame(bytes: writer.bytes, seq: seq)
  }

  private var own: Seat? { player.flatMap(state.seat(of:)) }

  private func facts(_ writer: inout JSONWriter) {
    let facts = state.facts
    writer.key("id")
    writer.value(facts.id.rawValue)
    writer.key("name")
    writer.value(facts.name)
    writer.key("game")
    writer.value(facts.game)
    writer.key("currency")
    writer.value(facts.currency.rawValue)
    writer.key("base_bet")
    writer.value(facts.baseBet)
    writer.key("buy_in_min")
    writer.value(facts.buyIn.lowerBound)
    writer.key("buy_in_max")
    writer.value(facts.buyIn.upperBound)
    writer.key("seats_max")
    writer.value(facts.seats)
    writer.key("options")
    writer.raw(facts.options)
    writer.key("rake")
    writer.beginObject()
    writer.key("basis_points")
    writer.value(facts.rakeBasisPoints)
    writer.key("cap")
    writer.value(facts.rakeCap)
    writer.endObject()
  }

  private func you(_ writer: inout JSONWriter) {
    writer.key("you")
    guard let own, let stay = state[own] else { return writer.null() }
    writer.beginObject()
    writer.key("seat")
    writer.value(own)
    writer.key("session")
    writer.value(stay.session)
    writer.key("stack")
    writer.value(state.chips(of: own))
    writer.endObject()
  }

  private func seats(_ writer: inout JSONWriter) {
    writer.key("seats")
    writer.beginArray()
    for (seat, stay) in state.taken {
      writer.beginObject()
      writer.key("seat")
      writer.value(seat)
      writer.key("player")
      writer.player(stay.player)
      writer.key("stack")
      writer.value(state.chips(of: seat))
      writer.key("online")
      writer.value(stay.player.isBot || stay.awaySince == nil)
      writer.key("trustee")
      writer.value(stay.attention.isTrustee)
      writer.key("leaving")
      writer.value(stay.isLeaving)
      writer.key("time_bank_ms")
      writer.value(stay.attention.timeBankMilliseconds)
      if let promise = stay.promise {
        writer.key("promised_to")
        writer.value(promise.player)
      }
      if let play = state.play, play.deals(seat) {
        writer.key("tiles_left")
        writer.value(play.hand.position[seat].count)
      }
      writer.endObject()
    }
    writer.endArray()
  }

  private func deal(_ writer: inout JSONWriter) {
    writer.key("deal")
    guard let promise = state.promise else { return writer.null() }
    writer.beginObject()
    writer.deal(
      state.handsStarted + 1, promise.sealed.commit.hexadecimal,
      startsInMilliseconds: startsInMilliseconds)
    writer.endObject()
  }

  private func hand(_ writer: inout JSONWriter) {
    writer.key("hand")
    guard let play = state.play else { return writer.null() }
    writer.beginObject()
    writer.key("id")
    writer.value(play.id)
    writer.key("number")
    writer.value(play.number)
    writer.key("commit")
    writer.value(play.commit.hexadecimal)
    writer.key("opener")
    writer.value(play.hand.opener)
    writer.key("opener_rule")
    writer.value(play.openerRule)
    writer.key("line")
    line(play, &writer)
    writer.key("ends")
    writer.ends(play.hand.line.ends)
    writer.key("moves")
    moves(play, &writer)
    let viewer = own.map { Viewer.seat($0) } ?? .spectator
    if let own, play.deals(own) {
      writer.key("your_tiles")
      writer.value(play.hand.position[own])
    }
    writer.key("turn")
    writer.turn(turn, for: viewer)
    writer.endObject()
  }

  private func line(_ play: Play, _ writer: inout JSONWriter) {
    writer.beginArray()
    for placement in play.hand.line.placements {
      writer.beginObject()
      writer.key("seat")
      writer.value(placement.seat)
      writer.key("tile")
      writer.value(placement.tile)
      writer.key("end")
      writer.end(placement.end)
      writer.endObject()
    }
    writer.endArray()
  }

  private func moves(_ play: Play, _ writer: inout JSONWriter) {
    let viewer = own.map { Viewer.seat($0) } ?? .spectator
    writer.beginArray()
    var number = 0
    for event in play.hand.history where event.move != nil {
      writer.beginObject()
      writer.key("move")
      writer.value(number + 1)
      move(event.seen(by: viewer), &writer)
      writer.key("by")
      writer.decider(play.deciders[number])
      writer.endObject()
      number += 1
    }
    writer.endArray()
  }

  private func move(_ event: LineEvent, _ writer: inout JSONWriter) {
    writer.key("seat")
    if let seat = event.move?.seat { writer.value(seat) } else { writer.null() }
    writer.key("kind")
    switch event {
    case .placed(let placement):
      writer.value("place")
      writer.key("tile")
      writer.value(placement.tile)
      writer.key("end")
      writer.end(placement.end)
    case .passed(_, let payment):
      writer.value("pass")
      writer.key("paid")
      writer.paid(payment)
    case .drew(_, let tile):
      writer.value("draw")
      guard let tile else { return }
      writer.key("tile")
      writer.value(tile)
    case .ended: writer.null()
    }
  }

  private func last(_ writer: inout JSONWriter) {
    writer.key("last_result")
    guard let last = state.last else { return writer.null() }
    writer.beginObject()
    writer.members(of: last)
    writer.endObject()
  }
}
