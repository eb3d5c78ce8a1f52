package import Core
import FoundationEssentials
package import Postgres

/// How a change of a table was answered. One list for all calls; each names the ones it gives.
package enum TableOutcome: String, CaseIterable, Sendable {
  /// Done now.
  case ok
  /// Done before, by the same call.
  case exists
  /// The id was used for something else.
  case existsWithDifferentContent = "exists_with_different_content"
  /// Noted: it must be called again after the settlement of the running hand.
  case afterHand = "after_hand"
  /// The room has another host now.
  case fenced
  case roomNotFound = "room_not_found"
  case roomClosed = "room_closed"
  case seatNotFound = "seat_not_found"
  case seatTaken = "seat_taken"
  case seatNotEmpty = "seat_not_empty"
  case seatNotReady = "seat_not_ready"
  case tooFewSeats = "too_few_seats"
  case alreadySeated = "already_seated"
  case playerNotFound = "player_not_found"
  case accountNotActive = "account_not_active"
  case vipLevelTooLow = "vip_level_too_low"
  case buyInOutOfRange = "buy_in_out_of_range"
  case sessionNotFound = "session_not_found"
  case sessionEnded = "session_ended"
  case handNotFound = "hand_not_found"
  case handRunning = "hand_running"
  case settled
  case voided
  case outOfOrder = "out_of_order"
  // What the ledger may answer to a table's payments; see `PostingResult.Outcome`.
  case insufficientFunds = "insufficient_funds"
  case walletNotFound = "wallet_not_found"
  case walletFrozen = "wallet_frozen"
  case currencyMismatch = "currency_mismatch"
  case amountOutOfRange = "amount_out_of_range"
  case limitExceeded = "limit_exceeded"
  case groupFailed = "group_failed"
  case groupMismatch = "group_mismatch"
  case idOutOfWindow = "id_out_of_window"
}

extension TableOutcome: TextCoded {}

/// The database's rooms and the seats in them.
package struct Rooms<Client: PostgresClient>: Sendable {
  let client: Client

  /// The rooms behind a connection, a transaction or a pool.
  package init(_ client: Client) {
    self.client = client
  }

  /// Opens a room at a stake tier of the lobby, private where a join code is given.
  package func open(
    tier: String, name: String? = nil, options: JSONText? = nil, joinCode: String? = nil,
    creator: ID<Player>? = nil
  ) async throws(PostgresError) -> SerialID<Room> {
    let row = try await client.query(
      """
      select open_room(
        \(tier), \(name), \(options ?? JSONText("{}")), \(joinCode), \(creator?.uuid))
      """
    ).one()
    return SerialID(rawValue: try row.decode(Int64.self, column: 0))
  }

  /// A player takes a seat and brings chips, in one. Calling again with the same session is safe.
  package func sitDown(
    _ session: ID<Session>, room: SerialID<Room>, fence: Int64, player: ID<Player>, seat: Int16,
    buyIn: Chips
  ) async throws(PostgresError) -> TableOutcome {
    try await client.query(
      """
      select sit_down(
        \(session.uuid), \(room.rawValue), \(fence), \(player.uuid), \(seat), \(buyIn.rawValue))
      """
    ).one().decode(column: 0)
  }

  /// Brings more chips to a seat between hands; `payment` is the payment's id.
  package func topUp(
    _ session: ID<Session>, payment: ID<Transaction>, fence: Int64, amount: Chips
  ) async throws(PostgresError) -> TableOutcome {
    try await client.query(
      "select top_up(\(payment.uuid), \(session.uuid), \(fence), \(amount.rawValue))"
    ).one().decode(column: 0)
  }

  /// A player leaves with the chips: ok or exists with the chips, or after_hand.
  package func standUp(
    _ session: ID<Session>, fence: Int64
  ) async throws(PostgresError) -> (outcome: TableOutcome, cashedOut: Chips?) {
    let (outcome, chips) = try await client.query(
      "select outcome, cashed_out from stand_up(\(session.uuid), \(fence))"
    ).one().decode((TableOutcome, Int64?).self)
    return (outcome, chips.map(Chips.init(rawValue:)))
  }

  /// The games of these rooms.
  package func games(
    of rooms: [SerialID<Room>]
  ) async throws(PostgresError) -> [SerialID<Room>: String] {
    let rows = try await client.query(
      "select id, game_id from game_rooms where id = any(\(rooms.map(\.rawValue)))"
    ).decode((Int64, String).self)
    return Dictionary(
      rows.map { (SerialID<Room>(rawValue: $0), $1) }, uniquingKeysWith: { first, _ in first })
  }

  /// Closes a room and pays everyone out: ok, exists, after_hand.
  package func close(
    _ room: SerialID<Room>, fence: Int64
  ) async throws(PostgresError) -> TableOutcome {
    try await client.query(
      "select close_room(\(room.rawValue), \(fence))"
    ).one().decode(column: 0)
  }
}
