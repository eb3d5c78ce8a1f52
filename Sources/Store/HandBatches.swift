package import Core
import FoundationEssentials
package import Postgres

/// How one item of a batch was answered.
package enum BatchedOutcome<Value: Sendable>: Sendable {
  /// Answered as the single call would have been.
  case answered(TableOutcome, Value)
  /// The item cannot be; the text says why. Nothing of it was done.
  case invalid(String)
}

/// Many hands in one call: each is answered as by the single call, and none sinks another.
extension Hands {
  /// Most items of one call: the database's `hands_max`.
  package static var batchMax: Int { 256 }

  /// `promise` for many rooms; one outcome each, in order.
  package func promise(
    _ promises: [DealToPromise]
  ) async throws(PostgresError) -> [BatchedOutcome<HandStart.Seed?>] {
    guard !promises.isEmpty else { return [] }
    return try await client.query(
      """
      select outcome, problem, promised_commit, promised_encrypted, promised_key_id
      from promise_deals(
        \(promises.map { $0.room.rawValue }), \(promises.map { $0.fence }),
        \(promises.map { $0.number }), \(promises.map { $0.seed.commit }),
        \(promises.map { $0.seed.encrypted }), \(promises.map { $0.seed.keyID }))
      order by item
      """
    ).batched { row throws(PostgresError) in
      let (commit, encrypted, keyID) = try (
        row.decode([UInt8]?.self, column: 2), row.decode([UInt8]?.self, column: 3),
        row.decode([UInt8]?.self, column: 4)
      )
      guard let commit, let encrypted, let keyID else { return nil }
      return HandStart.Seed(commit: commit, encrypted: encrypted, keyID: keyID)
    }
  }

  /// `start` for many hands; with ok and exists come number and stacks.
  package func start(
    _ starts: [HandStart]
  ) async throws(PostgresError) -> [BatchedOutcome<StartedNumbers?>] {
    guard !starts.isEmpty else { return [] }
    let columns = SeatColumns(starts)
    return try await client.query(
      """
      select outcome, problem, hand_number, stacks from start_hands(
        \(starts.map { $0.hand.uuid }), \(starts.map { $0.room.rawValue }),
        \(starts.map { $0.fence }), \(starts.map { $0.rulesVersion }),
        \(starts.map { $0.options }), \(starts.map { $0.seed.commit }),
        \(starts.map { $0.seed.encrypted }), \(starts.map { $0.seed.keyID }),
        \(starts.map { $0.openerSeat }), \(columns.items), \(columns.seats), \(columns.clientSeeds),
        \(columns.strengths), \(columns.seeds), \(columns.styles))
      order by item
      """
    ).batched { row throws(PostgresError) in
      let number = try row.decode(Int32?.self, column: 2)
      let stacks = try row.decode([Int64]?.self, column: 3)
      guard let number, let stacks else { return nil }
      return StartedNumbers(number: number, stacks: stacks)
    }
  }

  /// `settle` for many hands.
  package func settle(
    _ settlements: [HandSettlement]
  ) async throws(PostgresError) -> [BatchedOutcome<Void>] {
    guard !settlements.isEmpty else { return [] }
    let columns = PaymentColumns(settlements)
    return try await client.query(
      """
      select outcome, problem from settle_hands(
        \(settlements.map { $0.hand.uuid }), \(settlements.map { $0.fence }),
        \(settlements.map { $0.result }), \(settlements.map { $0.revealedSeed }), null,
        \(columns.items), \(columns.payers), \(columns.payees), \(columns.amounts),
        \(columns.reasons))
      order by item
      """
    ).batched { _ in }
  }
}

/// The deal of a room's next hand, to be promised.
package struct DealToPromise: Hashable, Sendable {
  /// The room.
  package var room: SerialID<Room>
  /// The fence under which this node hosts it.
  package var fence: Int64
  /// Number of the hand.
  package var number: Int32
  /// The server seed.
  package var seed: HandStart.Seed

  /// A promise as it stands.
  package init(room: SerialID<Room>, fence: Int64, number: Int32, seed: HandStart.Seed) {
    self.room = room
    self.fence = fence
    self.number = number
    self.seed = seed
  }
}

/// What a started hand was given.
package struct StartedNumbers: Hashable, Sendable {
  /// Number of the hand in its room.
  package var number: Int32
  /// In seat order.
  package var stacks: [Int64]
}

/// The seats of all hands of a batch, a column each.
private struct SeatColumns {
  var items: [Int32] = []
  var seats: [Int16] = []
  var clientSeeds: [String] = []
  var strengths: [Int16?] = []
  var seeds: [[UInt8]?] = []
  var styles: [String?] = []

  init(_ starts: [HandStart]) {
    for (index, start) in starts.enumerated() {
      for seat in start.seats {
        items.append(Int32(index + 1))
        seats.append(seat.number)
        clientSeeds.append(seat.clientSeed)
        strengths.append(seat.bot?.strength)
        seeds.append(seat.bot?.seed)
        styles.append(seat.bot?.style)
      }
    }
  }
}

/// The payments of all hands of a batch, a column each.
private struct PaymentColumns {
  var items: [Int32] = []
  var payers: [Int16] = []
  var payees: [Int16?] = []
  var amounts: [Int64] = []
  var reasons: [String] = []

  init(_ settlements: [HandSettlement]) {
    for (index, settlement) in settlements.enumerated() {
      for payment in settlement.payments {
        items.append(Int32(index + 1))
        payers.append(payment.payer)
        payees.append(payment.payee)
        amounts.append(payment.amount.rawValue)
        reasons.append(payment.reason)
      }
    }
  }
}

extension Rows {
  /// Each row's `outcome` and `problem`, the first two columns, and the value that goes with an
  /// outcome.
  fileprivate func batched<Value: Sendable>(
    _ value: (Row) throws(PostgresError) -> Value
  ) throws(PostgresError) -> [BatchedOutcome<Value>] {
    var outcomes: [BatchedOutcome<Value>] = []
    outcomes.reserveCapacity(count)
    for row in self {
      if try row.decode(String.self, column: 0) == "invalid" {
        outcomes.append(.invalid(try row.decode(String?.self, column: 1) ?? "no reason was given"))
      } else {
        outcomes.append(
          .answered(try row.decode(TableOutcome.self, column: 0), try value(row)))
      }
    }
    return outcomes
  }
}
