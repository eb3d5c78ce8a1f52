import Core
import Domino

extension JSONWriter {
  /// What an event tells beside its type, room and number.
  mutating func members(of event: RoomEvent, for viewer: Viewer) {
    switch event {
    case .seatTaken(let seat, let player, let stack, let session):
      taken(seat, player, stack, viewer == .seat(seat) ? session : nil)
    case .seatLeft(let seat, let chips): self.seat(seat, "cashed_out", chips)
    case .seatLeaving(let seat):
      key("seat")
      value(seat)
    case .seatPromised(let seat, let player):
      key("seat")
      value(seat)
      key("to")
      if let player { value(player) } else { null() }
    case .seatToppedUp(let seat, let amount, let stack):
      self.seat(seat, "amount", amount)
      key("stack")
      value(stack)
    case .dealCommitted(let number, let commit, let startsIn):
      deal(number, commit.hexadecimal, startsInMilliseconds: startsIn)
    case .handStarted(let started): members(of: started, for: viewer)
    case .move(let move): members(of: move, for: viewer)
    case .handEnded(let ended): members(of: ended)
    case .handVoided(let hand, let number, let reason):
      key("hand")
      value(hand)
      key("number")
      value(number)
      key("reason")
      value(reason)
    case .roomClosed: break
    case .trustee(let seat, let isOn):
      key("seat")
      value(seat)
      key("on")
      value(isOn)
    }
  }

  /// The members that tell of the promise of a deal.
  mutating func deal(_ number: Int, _ commit: String, startsInMilliseconds: Int?) {
    key("number")
    value(number)
    key("commit")
    value(commit)
    key("starts_in_ms")
    if let startsInMilliseconds { value(startsInMilliseconds) } else { null() }
  }

  private mutating func taken(
    _ seat: Seat, _ player: PlayerFacts, _ stack: Chips, _ session: ID<Session>?
  ) {
    key("seat")
    value(seat)
    key("player")
    self.player(player)
    key("stack")
    value(stack)
    guard let session else { return }
    key("session")
    value(session)
  }

  private mutating func seat(_ seat: Seat, _ name: StaticString, _ chips: Chips) {
    key("seat")
    value(seat)
    key(name)
    value(chips)
  }

  private mutating func members(of started: HandStartedEvent, for viewer: Viewer) {
    let play = started.play
    key("hand")
    value(play.id)
    key("number")
    value(play.number)
    key("commit")
    value(play.commit.hexadecimal)
    key("seats")
    beginArray()
    for (entry, stack) in zip(play.dealt, play.hand.setup.seats) {
      beginObject()
      key("seat")
      value(entry.seat)
      key("stack")
      value(stack.stack)
      key("client_seed")
      value(entry.clientSeed.text)
      key("tiles_left")
      value(play.hand.position[entry.seat].count)
      endObject()
    }
    endArray()
    key("opener_rule")
    value(play.openerRule)
    if case .seat(let seat) = viewer, play.deals(seat) {
      key("your_tiles")
      value(play.hand.position[seat])
    }
    key("turn")
    turn(started.turn, for: viewer)
  }

  private mutating func members(of move: MoveEvent, for viewer: Viewer) {
    key("move")
    value(move.number)
    switch move.event {
    case .placed(let placement): placed(placement, move)
    case .passed(let seat, let payment):
      key("seat")
      value(seat)
      key("paid")
      paid(payment)
    case .drew(let seat, let tile): drew(seat, tile, move, for: viewer)
    case .ended: break
    }
    key("by")
    decider(move.decider)
    if let reference = move.reference, let mover = move.event.move?.seat, viewer == .seat(mover) {
      key("ref")
      value(reference.text)
    }
    key("turn")
    turn(move.turn, for: viewer)
  }

  private mutating func placed(_ placement: Placement, _ move: MoveEvent) {
    key("seat")
    value(placement.seat)
    key("tile")
    value(placement.tile)
    key("end")
    end(placement.end)
    key("ends")
    ends(move.ends)
    key("tiles_left")
    value(move.tilesLeft)
  }

  private mutating func drew(_ seat: Seat, _ tile: Tile?, _ move: MoveEvent, for viewer: Viewer) {
    key("seat")
    value(seat)
    if let tile, viewer == .seat(seat) {
      key("tile")
      value(tile)
    }
    key("boneyard")
    value(move.boneyard)
    key("tiles_left")
    value(move.tilesLeft)
  }

  /// What a pass cost, or null where it was free.
  mutating func paid(_ payment: Payment?) {
    guard let payment, let receiver = payment.to else { return null() }
    beginObject()
    key("to")
    value(receiver)
    key("amount")
    value(payment.amount)
    endObject()
  }
}

extension Play {
  /// How it was settled who begins.
  var openerRule: StaticString {
    guard case .seat = hand.setup.opening else { return "highest_double" }
    return hand.setup.rules.openingRule == .randomSeat ? "drawn" : "previous_winner"
  }
}
