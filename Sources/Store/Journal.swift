package import Core
import FoundationEssentials
package import Postgres

/// One line of a hand's journal.
package struct JournalMove: Hashable, Sendable {
  /// Who decided a move.
  package enum Actor: String, CaseIterable, Sendable {
    case player, bot, timeout, trustee, rules
  }

  /// Number in the hand, from 1.
  package var number: Int32
  /// Seat that moved.
  package var seat: Int16
  /// Who decided.
  package var actor: Actor
  /// The decision, as the rules encode it; 1 to 64 bytes.
  package var move: [UInt8]
  /// The client's reference, at most 64 characters.
  package var reference: String?
  /// What is left of the seat's time bank.
  package var timeBankMilliseconds: Int32
  /// Whether the seat is on auto-play after the move.
  package var isTrustee: Bool

  /// A line as it stands.
  package init(
    number: Int32, seat: Int16, actor: Actor, move: [UInt8], reference: String? = nil,
    timeBankMilliseconds: Int32 = 0, isTrustee: Bool = false
  ) {
    self.number = number
    self.seat = seat
    self.actor = actor
    self.move = move
    self.reference = reference
    self.timeBankMilliseconds = timeBankMilliseconds
    self.isTrustee = isTrustee
  }
}

/// The next moves of one room's hand: written all or none.
package struct JournalAppend: Hashable, Sendable {
  /// The room.
  package var room: SerialID<Room>
  /// The fence under which this node hosts it.
  package var fence: Int64
  /// Its hand.
  package var hand: ID<Hand>
  /// Moves with consecutive numbers; not empty.
  package var moves: [JournalMove]

  /// An append as it stands.
  package init(room: SerialID<Room>, fence: Int64, hand: ID<Hand>, moves: [JournalMove]) {
    self.room = room
    self.fence = fence
    self.hand = hand
    self.moves = moves
  }
}

/// What became of one append.
package enum AppendOutcome: String, CaseIterable, Sendable {
  /// Written now.
  case ok
  /// The same moves are written already.
  case exists
  /// Other moves are written under these numbers.
  case different
  /// The moves are not the next ones.
  case outOfOrder = "out_of_order"
  /// The room has another host now.
  case fenced
  /// The hand is over.
  case finished
  /// The table cannot hold one of the moves: the hand has to be voided.
  case invalid
}

extension AppendOutcome: TextCoded {}

/// The database's journal of moves.
package struct Journal<Client: PostgresClient>: Sendable {
  /// Most rooms of one call: the database's `rooms_max`.
  package static var roomsMax: Int { 500 }

  let client: Client

  /// The journal behind a connection, a transaction or a pool.
  package init(_ client: Client) {
    self.client = client
  }

  /// Writes the next moves of many rooms in one transaction; one outcome for each append, in
  /// order. After a lost connection send the identical appends again.
  package func append(
    _ appends: [JournalAppend]
  ) async throws(PostgresError) -> [AppendOutcome] {
    guard !appends.isEmpty else { return [] }
    let rows = try await client.query(Self.statement(for: appends))
    let outcomes = try rows.decode(column: 0, as: AppendOutcome.self)
    var first = 0
    return appends.map { append in
      defer { first += append.moves.count }
      return outcomes[first]
    }
  }

  /// The moves of a hand, in order.
  package func moves(of hand: ID<Hand>) async throws(PostgresError) -> [JournalMove] {
    try await client.query(
      """
      select no, seat, actor, move, ref, time_bank_ms, trustee
      from game_moves where hand_id = \(hand.uuid) order by no
      """
    ).decode(JournalMove.self)
  }

  private static func statement(for appends: [JournalAppend]) -> SQL {
    let lines = JournalLines(appends)
    return """
      select outcome from append_moves(
        \(lines.rooms), \(lines.fences), \(lines.hands), \(lines.numbers), \(lines.seats),
        \(lines.actors), \(lines.moves), \(lines.references), \(lines.timeBanks),
        \(lines.trustees))
      """
  }
}

/// The moves of a batch, a column each.
private struct JournalLines {
  var rooms: [Int64] = []
  var fences: [Int64] = []
  var hands: [UUID] = []
  var numbers: [Int32] = []
  var seats: [Int16] = []
  var actors: [String] = []
  var moves: [[UInt8]] = []
  var references: [String?] = []
  var timeBanks: [Int32] = []
  var trustees: [Bool] = []

  init(_ appends: [JournalAppend]) {
    for append in appends {
      let hand = append.hand.uuid
      for move in append.moves {
        rooms.append(append.room.rawValue)
        fences.append(append.fence)
        hands.append(hand)
        numbers.append(move.number)
        seats.append(move.seat)
        actors.append(move.actor.rawValue)
        moves.append(move.move)
        references.append(move.reference)
        timeBanks.append(move.timeBankMilliseconds)
        trustees.append(move.isTrustee)
      }
    }
  }
}

extension JournalMove.Actor: TextCoded {}

extension JournalMove: RowDecodable {
  /// Reads the columns of game_moves from no to trustee.
  package init(row: Row) throws(PostgresError) {
    let (number, seat, actor, move, reference, timeBank, isTrustee) = try row.decode(
      (Int32, Int16, Actor, [UInt8], String?, Int32, Bool).self)
    self.init(
      number: number, seat: seat, actor: actor, move: move, reference: reference,
      timeBankMilliseconds: timeBank, isTrustee: isTrustee)
  }
}

extension Rows {
  /// One column of every row.
  package func decode<Value: PostgresDecodable>(
    column: Int, as type: Value.Type
  ) throws(PostgresError) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(count)
    for row in self { values.append(try row.decode(type, column: column)) }
    return values
  }
}
