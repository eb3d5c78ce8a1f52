import Bots
import Core
import Domino
import Fairness
import FoundationEssentials
import Postgres
import Store
import Tables

extension HandRecord {
  /// The hand that runs; throws where it is not one that this program can play.
  init(_ hand: StoredHand, _ table: StoredTable) throws(UnknownRecord) {
    let seats = table.handSeats.filter { $0.hand == hand.hand }
    let dealt = seats.compactMap(DealtSeat.init)
    guard dealt.count == seats.count, let seed = SealedSeed(hand) else {
      throw UnknownRecord(reason: "its hand \(hand.hand) is not one of this program")
    }
    let opener = hand.opener.flatMap { Seat(Int($0)) }
    let rake = Rake(basisPoints: Int(hand.rakeBasisPoints), cap: hand.rakeCap)
    let moves = table.moves.compactMap(AppendedMove.init)
    guard moves.count == table.moves.count else {
      throw UnknownRecord(reason: "its hand \(hand.hand) has moves of another game")
    }
    self.init(
      hand: hand.hand, number: Int(hand.number),
      setup: HandSetup(
        rulesVersion: Int(hand.rulesVersion),
        rules: try LineRules(game: table.room.game, options: hand.options, rake: rake),
        baseBet: hand.baseBet,
        seats: zip(dealt, seats).map { SeatStack(seat: $0.seat, stack: $1.stack) },
        opening: opener.map { .seat($0) } ?? .highestDouble),
      seats: dealt, seed: seed, moves: moves)
  }
}

extension SealedSeed {
  init?(_ hand: StoredHand) {
    guard let encrypted = hand.encrypted, let keyID = hand.keyID else { return nil }
    self.init(.init(commit: hand.commit, encrypted: encrypted, keyID: keyID))
  }
}

extension DealtSeat {
  init?(_ stored: StoredHandSeat) {
    guard let seat = Seat(Int(stored.seat)), let seed = try? ClientSeed(stored.clientSeed)
    else { return nil }
    var bot: Bot?
    if let frozen = stored.bot {
      guard let style = Bot.Style(rawValue: frozen.style) else { return nil }
      bot = Bot(
        style: style, strength: Int(frozen.strength),
        seed: frozen.seed.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    }
    self.init(seat: seat, clientSeed: seed, bot: bot)
  }
}

extension AppendedMove {
  init?(_ move: JournalMove) {
    guard let seat = Seat(Int(move.seat)), let decision = try? LineMove(bytes: move.move)
    else { return nil }
    self.init(
      number: Int(move.number), seat: seat, decider: Decider(move.actor), move: decision,
      reference: move.reference.flatMap(CommandReference.init),
      timeBankMilliseconds: Int(move.timeBankMilliseconds), isTrustee: move.isTrustee)
  }
}

extension EndedHand {
  /// The last hand of a room; nil where its result is not one of this program.
  init?(_ hand: StoredHand, _ seats: [StoredHandSeat]) {
    let seats = seats.filter { $0.hand == hand.hand }
    let clients = seats.compactMap { try? ClientSeed($0.clientSeed) }
    guard let json = hand.result, let seed = hand.seed.flatMap({ ServerSeed(bytes: $0) }),
      let result = try? JSONDecoder().decode(StoredResult.self, from: Data(json.bytes)),
      clients.count == seats.count, !seats.isEmpty
    else { return nil }
    self.init(
      hand: hand.hand, number: Int(hand.number), result: result,
      nets: seats.compactMap { seat in
        guard let number = Seat(Int(seat.seat)), let net = seat.net else { return nil }
        return Net(seat: number, net: net, rake: seat.rake ?? .zero, stack: seat.stack + net)
      },
      deal: DealRecord(server: seed, clients: clients, nonce: UInt64(hand.number)))
  }
}
