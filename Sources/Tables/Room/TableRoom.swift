package import Core
import Domino
import Fairness

/// A live table: committed state, one durable change at a time, and those who watch.
///
/// Everything that changes the table goes through one queue. Nothing is applied, shown or answered
/// before it is durable; while something is made durable the clocks stand still.
package actor TableRoom {
  /// The room.
  package nonisolated let id: SerialID<Room>
  let services: TableServices
  let policy: TablePolicy
  let encoder: EventEncoder

  var table: TableState
  var phase = Phase.live
  var queue = WorkQueue()
  var isDraining = false
  var answers: Answers
  var history: EventHistory

  var subscribers: [UInt64: Subscriber] = [:]
  var watching: [ID<Player>: Int] = [:]

  var tickets: [UInt64: CheckedContinuation<CommandReply, Never>] = [:]
  var lastTicket: UInt64 = 0

  var clock: TurnClock?
  var thinkingOf: Turn?
  var isThinking = false
  var walletLooks: [ID<Player>: WalletLook] = [:]
  var startsAt: Int64?
  var botsAloneSince: Int64?
  /// Since when no person has sat or watched; nil while somebody does, and for the house's rooms.
  var emptySince: Int64?
  /// Since when something is being made durable; nil while nothing is.
  var durableSince: Int64?
  var hasToldPause = false
  var isQueuedToStart = false
  var isQueuedToLook = false
  var armed: [Int64] = []
  /// When the last hand was settled.
  var endedAt: Int64?
  /// Reloads since something last became durable.
  var reloads = 0
  var finishing: [CheckedContinuation<Void, Never>] = []
  var waitingForIdle: [CheckedContinuation<Void, Never>] = []
  var waitingForResume: [CheckedContinuation<Void, Never>] = []

  /// Whether the room is hosted here.
  enum Phase {
    /// It is.
    case live
    /// The node's lease has ended: nothing is begun, and it may go on or stop.
    case suspended
    /// Not any more, and never again by this actor.
    case stopped
  }

  /// After so many reloads in a row the room is given up.
  static let reloadsMax = 3

  /// A room that was read from the database, under the fence that this host has. `begin` starts it.
  package init(
    _ record: RoomRecord, services: TableServices, policy: TablePolicy = TablePolicy()
  ) throws(RecoveryError) {
    id = record.room.id
    self.services = services
    self.policy = policy
    encoder = EventEncoder(room: record.room.id)
    answers = Answers(limit: policy.answersKept)
    history = EventHistory(fence: record.fence, limit: policy.eventsKept)
    table = try TableState(record, policy: policy, services: services)
    for (stay, reference) in record.rememberedReferences {
      answers.remember(
        Done(seq: history.lastSeq, seat: stay.seat, session: stay.session, stack: stay.stack),
        to: reference, by: stay.player.id)
    }
  }

  /// Goes on where the database left off: settles a hand that is over, and starts the clocks.
  package func begin() {
    resetTurn()
    services.observer.occupancyChanged(table.occupancy)
    lookRound()
  }

  /// Who sits there, for the lobby.
  package var occupancy: Occupancy { table.occupancy }

  /// Where the player sits, as a command that was done would answer; nil without a seat.
  package func place(of player: ID<Player>) -> Done? {
    guard let seat = table.seat(of: player), let stay = table[seat] else { return nil }
    return done(seat, stay)
  }

  /// What stays the same for the room's life.
  package var facts: RoomFacts { table.facts }

  /// The players in the seats.
  package var players: [PlayerFacts] { table.taken.map(\.stay.player) }

  /// Number of its last event.
  package var lastSeq: Int64 { history.lastSeq }

  /// The fence under which it is hosted.
  package var fence: Int64 { table.fence }

  var now: Int64 { services.clock.milliseconds() }
}

extension RoomRecord {
  /// What the seated players sent already, by the references that the journal keeps.
  fileprivate var rememberedReferences: [(Stay, CommandReference)] {
    recent.compactMap { move in
      guard let reference = move.reference,
        let stay = stays.first(where: { $0.session == move.session })
      else { return nil }
      return (stay, reference)
    }
  }
}

extension TableServices {
  /// Twelve random bytes as text.
  func defaultClientSeed() -> ClientSeed {
    let text = Hexadecimal.text(randomBytes(12))
    guard let seed = try? ClientSeed(text) else { preconditionFailure("digits are a client seed") }
    return seed
  }
}
