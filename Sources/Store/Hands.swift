package import Core
import FoundationEssentials
package import Postgres

/// All that is frozen at the start of a hand.
package struct HandStart: Hashable, Sendable {
  /// A seat that is dealt in.
  package struct Seat: Hashable, Sendable {
    /// A bot, frozen so that a recovery plays on alike.
    package struct Bot: Hashable, Sendable {
      /// Name of its way of playing.
      package var style: String
      /// From 1 to 1000.
      package var strength: Int16
      /// 8 to 32 bytes.
      package var seed: [UInt8]

      /// A bot as it stands.
      package init(style: String, strength: Int16, seed: [UInt8]) {
        self.style = style
        self.strength = strength
        self.seed = seed
      }
    }

    /// Number of the seat.
    package var number: Int16
    /// Its part of the deal's randomness: 1 to 64 of `A-Za-z0-9_-`.
    package var clientSeed: String
    /// Nil for a person.
    package var bot: Bot?

    /// A seat as it stands.
    package init(number: Int16, clientSeed: String, bot: Bot? = nil) {
      self.number = number
      self.clientSeed = clientSeed
      self.bot = bot
    }
  }

  /// The server seed of the deal, which nobody may know before the end.
  package struct Seed: Hashable, Sendable {
    /// SHA-256 of the seed, 32 bytes.
    package var commit: [UInt8]
    /// The seed under AES-GCM.
    package var encrypted: [UInt8]
    /// Which key of the key ring encrypted it.
    package var keyID: [UInt8]

    /// A seed as it stands.
    package init(commit: [UInt8], encrypted: [UInt8], keyID: [UInt8]) {
      self.commit = commit
      self.encrypted = encrypted
      self.keyID = keyID
    }
  }

  /// Its time is the hand's start.
  package var hand: ID<Hand>
  /// The room.
  package var room: SerialID<Room>
  /// The fence under which this node hosts it.
  package var fence: Int64
  /// Version of the rules.
  package var rulesVersion: Int32
  /// All options of the rules, as a JSON object.
  package var options: JSONText
  /// The server seed.
  package var seed: Seed
  /// In ascending order of their numbers.
  package var seats: [Seat]
  /// The seat that opens or has the button; nil where the tiles decide.
  package var openerSeat: Int16?

  /// A start as it stands.
  package init(
    hand: ID<Hand>, room: SerialID<Room>, fence: Int64, rulesVersion: Int32, options: JSONText,
    seed: Seed, seats: [Seat], openerSeat: Int16? = nil
  ) {
    self.hand = hand
    self.room = room
    self.fence = fence
    self.rulesVersion = rulesVersion
    self.options = options
    self.seed = seed
    self.seats = seats
    self.openerSeat = openerSeat
  }
}

/// How a hand ended.
package struct HandSettlement: Hashable, Sendable {
  /// A payment between two seats, or from a seat to the house.
  package struct Payment: Hashable, Sendable {
    /// Seat that pays.
    package var payer: Int16
    /// Seat that receives; nil for rake.
    package var payee: Int16?
    /// Above zero.
    package var amount: Chips
    /// Why, for the history.
    package var reason: String

    /// A payment as it stands.
    package init(payer: Int16, payee: Int16?, amount: Chips, reason: String) {
      self.payer = payer
      self.payee = payee
      self.amount = amount
      self.reason = reason
    }
  }

  /// The hand.
  package var hand: ID<Hand>
  /// The fence under which this node hosts its room.
  package var fence: Int64
  /// In an order in which no seat ever owes more than it has.
  package var payments: [Payment]
  /// The public result, as a JSON object.
  package var result: JSONText
  /// The server seed, 32 bytes; nil where folded tiles must stay hidden.
  package var revealedSeed: [UInt8]?

  /// A settlement as it stands.
  package init(
    hand: ID<Hand>, fence: Int64, payments: [Payment], result: JSONText, revealedSeed: [UInt8]?
  ) {
    self.hand = hand
    self.fence = fence
    self.payments = payments
    self.result = result
    self.revealedSeed = revealedSeed
  }
}

/// The life of a hand in the database.
package struct Hands<Client: PostgresClient>: Sendable {
  let client: Client

  /// The hands behind a connection, a transaction or a pool.
  package init(_ client: Client) {
    self.client = client
  }

  /// Starts a hand; with ok and exists come its number and the stacks in seat order.
  package func start(
    _ start: HandStart
  ) async throws(PostgresError) -> (outcome: TableOutcome, number: Int32?, stacks: [Int64]?) {
    let bots = start.seats.map(\.bot)
    let hasBots = bots.contains { $0 != nil }
    return try await client.query(
      """
      select outcome, hand_number, stacks from start_hand(
        \(start.hand.uuid), \(start.room.rawValue), \(start.fence), \(start.rulesVersion),
        \(start.options), \(start.seed.commit), \(start.seed.encrypted), \(start.seed.keyID),
        \(start.seats.map(\.number)), \(start.seats.map(\.clientSeed)), \(start.openerSeat),
        \(hasBots ? bots.map { $0?.strength } : nil), \(hasBots ? bots.map { $0?.seed } : nil),
        \(hasBots ? bots.map { $0?.style } : nil))
      """
    ).one().decode((TableOutcome, Int32?, [Int64]?).self)
  }

  /// Settles a hand exactly once: ok, exists, fenced, or why not.
  package func settle(
    _ settlement: HandSettlement
  ) async throws(PostgresError) -> TableOutcome {
    let payments = settlement.payments
    return try await client.query(
      """
      select outcome from settle_hand(
        \(settlement.hand.uuid), \(settlement.fence), \(payments.map(\.payer)),
        \(payments.map(\.payee)), \(payments.map(\.amount.rawValue)),
        \(payments.map(\.reason)), \(settlement.result), \(settlement.revealedSeed))
      """
    ).one().decode(column: 0)
  }

  /// Ends a hand without a result; every seat keeps what it started with. Audited.
  package func void(
    _ hand: ID<Hand>, fence: Int64, reason: String, actor: ID<Player>? = nil
  ) async throws(PostgresError) -> TableOutcome {
    try await client.query(
      "select void_hand(\(hand.uuid), \(fence), \(reason), \(actor?.uuid))"
    ).one().decode(column: 0)
  }
}
