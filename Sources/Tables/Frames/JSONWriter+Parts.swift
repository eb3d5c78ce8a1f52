import Core
import Domino
import Fairness

extension JSONWriter {
  mutating func player(_ player: PlayerFacts) {
    beginObject()
    key("id")
    value(player.id)
    key("name")
    value(player.name)
    key("avatar")
    if let avatar = player.avatar { value(avatar) } else { null() }
    key("is_bot")
    value(player.isBot)
    key("level")
    value(player.level)
    endObject()
  }

  mutating func end(_ end: LineEnd) { value(end == .left ? "left" : "right") }

  /// `[left, right]`, or null for an empty line.
  mutating func ends(_ ends: OpenEnds?) {
    guard let ends else { return null() }
    beginArray()
    value(ends.left)
    value(ends.right)
    endArray()
  }

  mutating func decider(_ decider: Decider) {
    switch decider {
    case .player: value("player")
    case .bot: value("bot")
    case .timeout: value("timeout")
    case .trustee: value("trustee")
    case .rules: value("rules")
    }
  }

  /// The turn, with what is legal only for the eyes of the seat to act.
  mutating func turn(_ event: TurnEvent?, for viewer: Viewer) {
    guard let event else { return null() }
    beginObject()
    key("hand")
    value(event.turn.hand)
    key("move")
    value(event.turn.move)
    key("seat")
    value(event.seat)
    key("remaining_ms")
    value(event.remainingMilliseconds)
    key("time_bank_ms")
    value(event.timeBankMilliseconds)
    if viewer == .seat(event.seat) {
      key("legal")
      legal(event.legal, ends: event.ends)
    }
    endObject()
  }

  /// Each tile with the ends at which it may be added: both where they show the same number.
  private mutating func legal(_ moves: [LineMove], ends: OpenEnds?) {
    let areEqual = ends.map { $0.left == $0.right } ?? false
    var previous: Tile?
    beginArray()
    for case .place(let tile, let place) in moves {
      if tile == previous {
        end(place)
        continue
      }
      if previous != nil { closeLegal() }
      beginObject()
      key("tile")
      value(tile)
      key("ends")
      beginArray()
      end(place)
      if areEqual { end(.right) }
      previous = tile
    }
    if previous != nil { closeLegal() }
    endArray()
  }

  private mutating func closeLegal() {
    endArray()
    endObject()
  }

  /// The members of `hand.ended`, within an object that is open.
  mutating func members(of ended: EndedHand) {
    key("hand")
    value(ended.hand)
    key("number")
    value(ended.number)
    key("winner")
    value(ended.result.winner)
    key("blocked")
    value(ended.result.reason == .blocked)
    if let tile = ended.result.lastTile {
      key("last_tile")
      value(tile)
    }
    key("multiplier")
    value(ended.result.multiplier)
    key("tiles")
    remainders(ended.result)
    key("payments")
    payments(ended.result)
    key("net")
    nets(ended.nets)
    key("reveal")
    reveal(ended.deal)
  }

  mutating func remainders(_ result: StoredResult) {
    beginArray()
    for entry in result.left {
      beginObject()
      key("seat")
      value(entry.seat)
      key("tiles")
      value(entry.tiles)
      key("pips")
      value(entry.pips)
      endObject()
    }
    endArray()
  }

  mutating func payments(_ result: StoredResult) {
    beginArray()
    for payment in result.payments {
      beginObject()
      key("from")
      value(payment.from)
      key("to")
      if let receiver = payment.to { value(receiver) } else { null() }
      key("due")
      value(payment.due ?? payment.amount)
      key("amount")
      value(payment.amount)
      key("reason")
      value(payment.reason.rawValue)
      endObject()
    }
    endArray()
  }

  private mutating func nets(_ nets: [EndedHand.Net]) {
    beginArray()
    for entry in nets {
      beginObject()
      key("seat")
      value(entry.seat)
      key("net")
      value(entry.net)
      key("rake")
      value(entry.rake)
      key("stack")
      value(entry.stack)
      endObject()
    }
    endArray()
  }

  private mutating func reveal(_ deal: DealRecord) {
    beginObject()
    key("scheme")
    value(deal.scheme)
    key("commit")
    value(deal.commit)
    key("server_seed")
    value(deal.serverSeed)
    key("client_seeds")
    beginArray()
    for seed in deal.clientSeeds { value(seed) }
    endArray()
    key("nonce")
    value(deal.nonce)
    key("deck")
    beginArray()
    for tile in deal.deck { value(tile) }
    endArray()
    endObject()
  }
}

extension StoredResult {
  /// The result as the database keeps it.
  var json: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("winner")
    writer.value(winner)
    writer.key("reason")
    writer.value(reason.rawValue)
    if let lastTile {
      writer.key("last_tile")
      writer.value(lastTile)
    }
    writer.key("multiplier")
    writer.value(multiplier)
    writer.key("left")
    writer.remainders(self)
    writer.key("payments")
    writer.payments(self)
    writer.endObject()
    return writer.bytes
  }
}
