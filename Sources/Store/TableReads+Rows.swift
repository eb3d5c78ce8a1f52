import Core
import FoundationEssentials
package import Postgres

extension StoredRoom: RowDecodable {
  /// Reads the columns of `Rooms.table`.
  package init(row: Row) throws(PostgresError) {
    id = SerialID(rawValue: try row.decode(column: 0))
    name = try row.decode(column: 1)
    game = try row.decode(column: 2)
    visibility = try row.decode(column: 3)
    stake = try row.decode(column: 4)
    currency = try row.decode(Currency.self, column: 5)
    baseBet = Chips(rawValue: try row.decode(column: 6))
    let least = Chips(rawValue: try row.decode(column: 7))
    buyIn = least...Chips(rawValue: try row.decode(column: 8))
    seats = try row.decode(column: 9)
    rakeBasisPoints = try row.decode(column: 10)
    rakeCap = Chips(rawValue: try row.decode(column: 11))
    options = try row.decode(column: 12)
    status = try row.decode(column: 13)
    fence = try row.decode(column: 14)
    handsStarted = try row.decode(column: 15)
    joinCode = try row.decode(column: 16)
    creator = try row.decode(UUID?.self, column: 17).map { ID($0) }
  }
}

extension StoredStay: RowDecodable {
  /// Reads the columns of `Rooms.table`.
  package init(row: Row) throws(PostgresError) {
    let (session, seat, player, name, avatar, isBot, level, stack, isLeaving) = try row.decode(
      (UUID, Int16, UUID, String, String, Bool, Int16, Int64, Bool).self)
    self.init(
      session: ID(session), seat: seat,
      profile: StoredProfile(
        player: ID(player), name: name, avatar: avatar, isBot: isBot, level: level),
      stack: Chips(rawValue: stack), isLeaving: isLeaving)
  }
}

extension StoredHand: RowDecodable {
  /// Reads the columns of `Rooms.table`.
  package init(row: Row) throws(PostgresError) {
    hand = ID(try row.decode(UUID.self, column: 0))
    number = try row.decode(column: 1)
    rulesVersion = try row.decode(column: 2)
    options = try row.decode(column: 3)
    baseBet = Chips(rawValue: try row.decode(column: 4))
    rakeBasisPoints = try row.decode(column: 5)
    rakeCap = Chips(rawValue: try row.decode(column: 6))
    opener = try row.decode(column: 7)
    commit = try row.decode(column: 8)
    encrypted = try row.decode(column: 9)
    keyID = try row.decode(column: 10)
    seed = try row.decode(column: 11)
    result = try row.decode(column: 12)
  }
}

extension StoredHandSeat: RowDecodable {
  /// Reads the columns of `Rooms.table`.
  package init(row: Row) throws(PostgresError) {
    let (hand, seat, session, stack, clientSeed, style, strength, seed, net, rake) =
      try row.decode(
        (UUID, Int16, UUID, Int64, String, String?, Int16?, [UInt8]?, Int64?, Int64?).self)
    self.hand = ID(hand)
    self.seat = seat
    self.session = ID(session)
    self.stack = Chips(rawValue: stack)
    self.clientSeed = clientSeed
    if let style, let strength, let seed {
      bot = HandStart.Seat.Bot(style: style, strength: strength, seed: seed)
    }
    self.net = net.map(Chips.init(rawValue:))
    self.rake = rake.map(Chips.init(rawValue:))
  }
}

extension StoredDeal: RowDecodable {
  /// Reads the columns of `Rooms.table`.
  package init(row: Row) throws(PostgresError) {
    let (number, commit, encrypted, keyID) = try row.decode((Int32, [UInt8], [UInt8], [UInt8]).self)
    self.init(
      number: number, seed: HandStart.Seed(commit: commit, encrypted: encrypted, keyID: keyID))
  }
}

extension StoredRecentMove: RowDecodable {
  /// Reads the columns of `Rooms.table`.
  package init(row: Row) throws(PostgresError) {
    let (hand, session, number, seat, actor, move, reference, bank, isTrustee) = try row.decode(
      (Int32, UUID, Int32, Int16, JournalMove.Actor, [UInt8], String?, Int32, Bool).self)
    self.init(
      hand: hand, session: ID(session),
      move: JournalMove(
        number: number, seat: seat, actor: actor, move: move, reference: reference,
        timeBankMilliseconds: bank, isTrustee: isTrustee))
  }
}

extension Currency: TextCoded {}
