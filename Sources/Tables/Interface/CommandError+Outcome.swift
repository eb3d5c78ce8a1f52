extension CommandError {
  /// What the database refused for, by the name of its outcome.
  package init(outcome name: String) {
    let code = Code(rawValue: name) ?? .internalError
    self.init(code, CommandError.sentence(code))
  }

  private static func sentence(_ code: Code) -> String {
    switch code {
    case .alreadySeated: "You have a seat at this table already."
    case .seatNotFound: "The table has no such seat."
    case .seatTaken: "Somebody sits there; choose another seat."
    case .seatNotEmpty: "The seat cannot be used now; choose another one."
    case .handRunning: "Wait for the end of the hand."
    case .buyInOutOfRange: "That is not within what the table allows in front of a player."
    case .insufficientFunds: "You have not that many chips."
    case .limitExceeded: "A limit that you have set yourself does not allow it today."
    case .walletFrozen: "Your chips are frozen; ask support."
    case .accountNotActive: "Your account cannot play now."
    case .vipLevelTooLow: "This stake asks for a higher VIP level."
    case .sessionEnded: "You have left that seat; sit down with a new id."
    case .existsWithDifferentContent: "The id was used for something else; choose a new one."
    case .idOutOfWindow: "The id carries a time too far from now; choose a new version-7 id."
    case .roomClosed: "The table is closed."
    case .roomNotFound: "There is no such table."
    case .internalError: "Something went wrong on our side; nothing was changed."
    default: "It was refused: \(code.rawValue)."
    }
  }
}
