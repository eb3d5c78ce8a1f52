import Bots
import Core
import Domino
import Logging
package import Postgres
import Store
import Synchronization
package import Tables

/// A node that hosts tables.
package final class Host: Sendable {
  let pool: PostgresPool
  let client: TimedClient
  let configuration: HostConfiguration
  let services: TableServices
  let registry = Registry()
  let lease = Lease()
  let roster: BotRoster
  let alarms = Alarms()
  let tally: Tally
  let stopWanted = Latch()
  let stopped = Latch()
  let hasLooked = Latch()
  let pendingLoads = Mutex<[SerialID<Room>: TakenRoom]>([:])

  /// A host on this database. Nothing happens before `run`.
  package init(pool: PostgresPool, seeds: SeedKeys, configuration: HostConfiguration) {
    self.pool = pool
    self.configuration = configuration
    let logger = configuration.logger
    client = TimedClient(pool, DatabaseLedger.timeoutMilliseconds)
    roster = BotRoster(client: client)
    let journal = DatabaseJournal(pool: pool, logger: logger)
    let batcher = Batcher(.moves, missing: .unknown) { await journal.append($0) }
    let thinking = Thinking()
    let tally = Tally()
    self.tally = tally
    let watcher = HostWatcher(logger: logger, tally: tally)
    services = TableServices(
      journal: Tables.Journal { await batcher.submit($0) },
      ledger: DatabaseLedger(pool: pool, logger: logger).ledger, seeds: seeds.vault,
      timers: alarms.timers,
      clock: TableClock(
        milliseconds: { MonotonicClock.milliseconds },
        millisecondsSince1970: { MonotonicClock.millisecondsSince1970 }),
      randomBytes: { SystemRandom.bytes($0) },
      think: { thinking.run($0) },
      observer: watcher.observer)
    watcher.host = WeakHost(self)
  }

  /// Registers the node, takes rooms and keeps the lease; returns after `shutdown`, or throws where
  /// the node cannot even be registered.
  package func run() async throws {
    try await register(succeeding: configuration.predecessorIsDead)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.renewForEver() }
      group.addTask { await self.watchLease() }
      group.addTask { await self.takeForEver() }
      await withTaskCancellationHandler {
        await stopWanted.wait()
      } onCancel: {
        stopWanted.open()
      }
      group.cancelAll()
    }
    await Task { await self.leave() }.value
    stopped.open()
  }

  /// Takes no more rooms, lets appends finish, tells clients `moved` and gives the rooms back.
  package func shutdown() async {
    stopWanted.open()
    await stopped.wait()
  }

  /// Whether the node has a lease and has looked for rooms once.
  package var isReady: Bool { lease.isValid && hasLooked.isOpen && !stopWanted.isOpen }

  /// Returns once the node has looked for rooms.
  package func waitUntilReady() async { await hasLooked.wait() }

  /// Who sits where, in the rooms that are hosted here.
  package var occupancies: [Occupancy] { registry.all.compactMap(\.occupancy) }

  /// Rooms finish what is under way, for a bounded time; then others may take them.
  private func leave() async {
    let late = Task { [configuration, registry] in
      try await Task.sleep(for: .milliseconds(configuration.finishMilliseconds))
      for hosted in registry.all { await hosted.room.stop() }
    }
    await withTaskGroup(of: Void.self) { group in
      for hosted in registry.all { group.addTask { await hosted.room.finish() } }
    }
    late.cancel()
    guard let node = lease.node else { return }
    do {
      _ = try await Nodes(client).release(node)
    } catch {
      configuration.logger.warning("the rooms could not be released: \(error)")
    }
    lease.lose()
  }
}
