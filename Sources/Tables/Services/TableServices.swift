package import Fairness

/// All that a room needs from outside, as values: in production PostgreSQL and the host's timers, in
/// tests doubles.
package struct TableServices: Sendable {
  /// Where moves become durable.
  package var journal: Journal
  /// Where hands, seats and chips become durable.
  package var ledger: TableLedger
  /// Encrypts what nobody may know before the end.
  package var seeds: SeedVault
  /// What wakes a room.
  package var timers: Timers
  /// What time it is.
  package var clock: TableClock
  /// So many random bytes, from the system in production.
  package var randomBytes: @Sendable (Int) -> [UInt8]
  /// Runs what finds a bot's move, away from the room's actor.
  package var think: @Sendable (_ body: @escaping @Sendable () -> Void) -> Void
  /// The deck that seeds and a hand's number give; another one only where a test plays one deal in
  /// two worlds.
  package var deck: @Sendable (ServerSeed, [ClientSeed], UInt64) -> [UInt8] = {
    Shuffle(server: $0, clients: $1, nonce: $2).deck
  }
  /// Who wants to know of rooms.
  package var observer: TableObserver

  /// These services.
  package init(
    journal: Journal, ledger: TableLedger, seeds: SeedVault, timers: Timers, clock: TableClock,
    randomBytes: @escaping @Sendable (Int) -> [UInt8],
    think: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void,
    observer: TableObserver
  ) {
    self.journal = journal
    self.ledger = ledger
    self.seeds = seeds
    self.timers = timers
    self.clock = clock
    self.randomBytes = randomBytes
    self.think = think
    self.observer = observer
  }
}
