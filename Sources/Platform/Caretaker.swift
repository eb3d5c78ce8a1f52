import Logging
package import Postgres
package import Store
import Synchronization

/// Keeps the database: runs its tasks as they fall due, and checks the ledger.
///
/// Every node has one. Two at the same task do no harm: the database lets one through, and to the
/// other it says that it is busy.
package final class Caretaker: Sendable {
  /// How often it looks for tasks.
  package static let everySeconds = 60
  /// After the start, so that the tables come first.
  package static let firstAfterSeconds = 5
  /// How often the ledger's recent part is checked.
  package static let checkSeconds = 600
  /// How long a task or a check may take.
  package static let taskTimeoutMilliseconds = 300_000

  /// What was found; for metrics.
  package struct Findings: Sendable {
    /// Nil until the database has been looked at.
    package var state: UpkeepState?
    /// The checks of `verify_ledger(null, true)`; empty before the first time.
    package var checks: [IntegrityCheck] = []
    /// When they were made, in seconds of Unix time.
    package var checkedAt: Int64?
    /// Tasks that were done, and that failed, since the start.
    package var tasksDone = 0, tasksFailed = 0
  }

  private let found = Mutex(Findings())
  private let pool: PostgresPool
  private let logger = Logger(label: "caretaker")

  /// A caretaker of the database behind a pool.
  package init(pool: PostgresPool) {
    self.pool = pool
  }

  /// What it has found so far.
  package var findings: Findings { found.withLock { $0 } }

  /// Keeps the database until the task is cancelled.
  package func run() async {
    var nextCheck = ContinuousClock.now
    try? await Task.sleep(for: .seconds(Self.firstAfterSeconds))
    while !Task.isCancelled {
      await keep()
      if ContinuousClock.now >= nextCheck, await check() {
        nextCheck = .now + .seconds(Self.checkSeconds)
      }
      try? await Task.sleep(for: .seconds(Self.everySeconds))
    }
  }

  /// Does what is due. A task that fails stays due, and hinders no other.
  package func keep() async {
    let upkeep = Upkeep(pool)
    do throws(PostgresError) {
      for task in try await upkeep.due() where !Task.isCancelled { await perform(task, upkeep) }
      let state = try await upkeep.state()
      found.withLock { $0.state = state }
    } catch {
      logger.warning("the database's upkeep could not be looked at: \(error)")
    }
  }

  private func perform(_ task: String, _ upkeep: Upkeep<PostgresPool>) async {
    do throws(PostgresError) {
      let changed = try await upkeep.run(task, timeoutMilliseconds: Self.taskTimeoutMilliseconds)
      found.withLock { if changed != nil { $0.tasksDone += 1 } }
    } catch {
      found.withLock { $0.tasksFailed += 1 }
      logger.warning("upkeep task \(task) failed and stays due: \(error)")
    }
  }

  /// Checks what the ledger has gained since its last rollup; false where that could not be done.
  @discardableResult
  package func check() async -> Bool {
    do throws(PostgresError) {
      let checks = try await Ledger(pool).verify(
        recentOnly: true, timeoutMilliseconds: Self.taskTimeoutMilliseconds)
      for check in checks where !check.isOK {
        logger.critical("the ledger is broken: \(check.name): \(check.problem ?? "no words")")
      }
      found.withLock { found in
        found.checks = checks
        found.checkedAt = WallClock.system.seconds
      }
      return true
    } catch {
      logger.warning("the ledger could not be checked: \(error)")
      return false
    }
  }
}
