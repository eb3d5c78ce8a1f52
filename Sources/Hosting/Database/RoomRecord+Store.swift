import Bots
import Core
import Domino
import Fairness
import FoundationEssentials
import Postgres
import Store
import Tables

/// Why a room that was read cannot be hosted by this program.
struct UnknownRecord: Error {
  let reason: String
}

extension RoomRecord {
  /// The room as the tables know it; throws where its game or its options are not known here.
  init(_ table: StoredTable) throws(UnknownRecord) {
    let room = table.room
    guard let status = Status(rawValue: room.status) else {
      throw UnknownRecord(reason: "its status is \(room.status)")
    }
    let handsStarted = Int(room.handsStarted)
    let promise = table.deal.flatMap {
      Int($0.number) == handsStarted + 1 ? SealedSeed($0.seed) : nil
    }
    let recentHand = table.hand ?? table.last
    let lastSeats = table.handSeats.filter { $0.hand == recentHand?.hand }
    let ended = table.last.flatMap { EndedHand($0, table.handSeats) }
    self.init(
      room: try RoomFacts(room), fence: room.fence, status: status, handsStarted: handsStarted,
      stays: table.stays.compactMap(Stay.init), promise: promise,
      hand: try table.hand.map { hand throws(UnknownRecord) in try HandRecord(hand, table) },
      last: ended, clientSeeds: RoomRecord.seeds(lastSeats),
      winner: RoomRecord.winner(ended, table),
      recent: table.recent.compactMap(RecentMove.init))
  }

  private static func seeds(_ seats: [StoredHandSeat]) -> [ID<Session>: ClientSeed] {
    var seeds: [ID<Session>: ClientSeed] = [:]
    for seat in seats { seeds[seat.session] = try? ClientSeed(seat.clientSeed) }
    return seeds
  }

  private static func winner(_ ended: EndedHand?, _ table: StoredTable) -> ID<Session>? {
    guard let ended else { return nil }
    let session = table.handSeats.first {
      $0.hand == ended.hand && $0.seat == Int16(ended.result.winner.number)
    }?.session
    return table.stays.first { $0.session == session }?.session
  }
}

extension RoomFacts {
  init(_ room: StoredRoom) throws(UnknownRecord) {
    guard room.seats <= LinePosition.seatLimit else {
      throw UnknownRecord(reason: "it has \(room.seats) seats")
    }
    self.init(
      id: room.id, name: room.name, stake: room.stake, isPublic: room.visibility == "public",
      joinCode: room.joinCode, creator: room.creator,
      rules: try LineRules(
        game: room.game, options: room.options,
        rake: Rake(basisPoints: Int(room.rakeBasisPoints), cap: room.rakeCap)),
      game: room.game, options: room.options.bytes, currency: room.currency,
      baseBet: room.baseBet, buyIn: room.buyIn, seats: Int(room.seats),
      rakeBasisPoints: Int(room.rakeBasisPoints), rakeCap: room.rakeCap)
  }
}

extension LineRules {
  /// The games whose rooms are hosted here.
  static let hostedGames: Set = ["gaple"]

  /// The rules of a game by its stored options. Gaple alone is played for chips here.
  init(game: String, options: JSONText, rake: Rake) throws(UnknownRecord) {
    guard LineRules.hostedGames.contains(game) else {
      throw UnknownRecord(reason: "its game is \(game)")
    }
    do {
      var rules = try JSONDecoder().decode(GapleRules.self, from: Data(options.bytes))
      rules.rake = rake
      self = .gaple(rules)
    } catch {
      throw UnknownRecord(reason: "its options cannot be read: \(error)")
    }
  }

  /// The options as a hand freezes them; the rake has columns of its own.
  var storedOptions: JSONText {
    guard case .gaple(let rules) = self else { return JSONText("{}") }
    return JSONText(
      """
      {"opening": "\(rules.opening.rawValue)", "passPayment": "\(rules.passPayment.rawValue)", \
      "payment": "\(rules.payment.rawValue)"}
      """)
  }
}

extension PlayerFacts {
  init(_ profile: StoredProfile) {
    self.init(
      id: profile.player, name: profile.name, avatar: profile.avatar, isBot: profile.isBot,
      level: Int(profile.level))
  }
}

extension Stay {
  init?(_ stay: StoredStay) {
    guard let seat = Seat(Int(stay.seat)) else { return nil }
    self.init(
      session: stay.session, seat: seat, player: PlayerFacts(stay.profile), stack: stay.stack,
      isLeaving: stay.isLeaving)
  }
}

extension RecentMove {
  init?(_ recent: StoredRecentMove) {
    self.init(
      hand: Int(recent.hand), session: recent.session, decider: Decider(recent.move.actor),
      reference: recent.move.reference.flatMap(CommandReference.init),
      timeBankMilliseconds: Int(recent.move.timeBankMilliseconds),
      isTrustee: recent.move.isTrustee)
  }
}
