/// Why a command was refused. The message is for the client's developer; nothing hidden is in it.
package struct CommandError: Error, Sendable, Hashable {
  /// What it is, for programs; stable over releases.
  package let code: Code
  /// What it is and what to do, in a sentence.
  package let message: String

  /// A refusal with its reason.
  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// Everything that a room or its host can refuse for.
  package enum Code: String, Sendable, CaseIterable {
    // The turn.
    case notYourTurn = "not_your_turn"
    case wrongTurn = "wrong_turn"
    case notLegal = "not_legal"
    // The room.
    case busy
    case paused
    case moved
    case roomNotFound = "room_not_found"
    case roomClosed = "room_closed"
    case joinCodeNeeded = "join_code_needed"
    case badMessage = "bad_message"
    case internalError = "internal"
    // Seats and chips; the names are the database's.
    case notSeated = "not_seated"
    case alreadySeated = "already_seated"
    case seatNotFound = "seat_not_found"
    case seatTaken = "seat_taken"
    case seatNotEmpty = "seat_not_empty"
    case roomFull = "room_full"
    case handRunning = "hand_running"
    case afterHand = "after_hand"
    case buyInOutOfRange = "buy_in_out_of_range"
    case insufficientFunds = "insufficient_funds"
    case limitExceeded = "limit_exceeded"
    case walletNotFound = "wallet_not_found"
    case walletFrozen = "wallet_frozen"
    case currencyMismatch = "currency_mismatch"
    case amountOutOfRange = "amount_out_of_range"
    case playerNotFound = "player_not_found"
    case accountNotActive = "account_not_active"
    case vipLevelTooLow = "vip_level_too_low"
    case sessionNotFound = "session_not_found"
    case sessionEnded = "session_ended"
    case existsWithDifferentContent = "exists_with_different_content"
    case idOutOfWindow = "id_out_of_window"
    // The host.
    case stakeNotFound = "stake_not_found"
    case botsOff = "bots_off"
  }
}
