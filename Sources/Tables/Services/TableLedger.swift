package import Core

/// Makes hands, seats and chips durable. Each call may be made again when its answer is unknown.
package struct TableLedger: Sendable {
  /// Promises the next deal, before any client seed is taken; answers with the one that is promised
  /// already where there is one.
  package var commitDeal: @Sendable (DealPromise) async -> LedgerAnswer<SealedSeed>
  /// Starts a hand; answers with its number and the stacks in rising order of seats.
  package var startHand: @Sendable (HandStart) async -> LedgerAnswer<StartedHand>
  /// Settles a hand.
  package var settle: @Sendable (HandSettlement) async -> LedgerAnswer<Void>
  /// Ends a hand without a result.
  package var void:
    @Sendable (ID<Hand>, _ fence: Int64, _ reason: String) async -> LedgerAnswer<Void>
  /// Takes a seat with chips.
  package var sit: @Sendable (SitDown) async -> LedgerAnswer<Seated>
  /// Brings more chips; answers with what lies in front of the seat between hands.
  package var topUp: @Sendable (TopUp) async -> LedgerAnswer<Chips>
  /// Leaves a seat; answers with the chips, or nil where the hand has to end first.
  package var stand: @Sendable (ID<Session>, _ fence: Int64) async -> LedgerAnswer<Chips?>
  /// Closes the room; false where the hand has to end first.
  package var close: @Sendable (SerialID<Room>, _ fence: Int64) async -> LedgerAnswer<Bool>
  /// What a player has beside the tables; nil where it cannot be told now.
  package var balance: @Sendable (ID<Player>, Currency) async -> Chips?
  /// All that the database knows of a room.
  package var load: @Sendable (SerialID<Room>) async -> LedgerAnswer<RoomRecord>

  /// A ledger of these.
  package init(
    commitDeal: @escaping @Sendable (DealPromise) async -> LedgerAnswer<SealedSeed>,
    startHand: @escaping @Sendable (HandStart) async -> LedgerAnswer<StartedHand>,
    settle: @escaping @Sendable (HandSettlement) async -> LedgerAnswer<Void>,
    void: @escaping @Sendable (ID<Hand>, Int64, String) async -> LedgerAnswer<Void>,
    sit: @escaping @Sendable (SitDown) async -> LedgerAnswer<Seated>,
    topUp: @escaping @Sendable (TopUp) async -> LedgerAnswer<Chips>,
    stand: @escaping @Sendable (ID<Session>, Int64) async -> LedgerAnswer<Chips?>,
    close: @escaping @Sendable (SerialID<Room>, Int64) async -> LedgerAnswer<Bool>,
    balance: @escaping @Sendable (ID<Player>, Currency) async -> Chips?,
    load: @escaping @Sendable (SerialID<Room>) async -> LedgerAnswer<RoomRecord>
  ) {
    self.commitDeal = commitDeal
    self.startHand = startHand
    self.settle = settle
    self.void = void
    self.sit = sit
    self.topUp = topUp
    self.stand = stand
    self.close = close
    self.balance = balance
    self.load = load
  }
}

/// How the database answered a change.
package enum LedgerAnswer<Value: Sendable>: Sendable {
  /// Done now, or before by the same call.
  case done(Value)
  /// Not done; the database's name for why.
  case refused(String)
  /// The room has another host now.
  case fenced
  /// Nobody knows whether it is done: make the same call again.
  case unknown
}
