package import Core
import Logging
package import Postgres
package import Store
import Synchronization

/// Sign-ins that were revoked while access tokens of theirs may still be about.
///
/// What this node revokes it knows at once; what other nodes revoke it reads from the database every
/// five seconds. Listeners (the open sockets) hear of each sign-in once.
package final class Revocations: Sendable {
  /// How often the database is asked.
  package static let pollSeconds = 5
  /// An access token and a little more: after that nobody asks for the sign-in again.
  package static let rememberedSeconds: Int32 = 1_080
  /// Far more sign-ins than are ever revoked in that time.
  package static let rememberedMax = 200_000

  private struct State {
    var revoked: [ID<SignIn>: ContinuousClock.Instant] = [:]
    var listener: (@Sendable ([ID<SignIn>]) -> Void)?
  }

  private let state = Mutex(State())
  private let pool: PostgresPool
  private let logger = Logger(label: "revocations")

  /// Revocations of the sign-ins behind a pool.
  package init(pool: PostgresPool) {
    self.pool = pool
  }

  /// Whether the sign-in is known to be revoked.
  package func contains(_ signIn: ID<SignIn>) -> Bool {
    state.withLock { $0.revoked[signIn] != nil }
  }

  /// Who is told of newly revoked sign-ins, from any thread.
  package func onRevoked(_ listener: @escaping @Sendable ([ID<SignIn>]) -> Void) {
    state.withLock { $0.listener = listener }
  }

  /// Notes revoked sign-ins and tells the listener of those that are new.
  package func add(_ signIns: [ID<SignIn>]) {
    let now = ContinuousClock.now
    let (new, listener) = state.withLock { state in
      let new = signIns.filter { state.revoked.updateValue(now, forKey: $0) == nil }
      if state.revoked.count > Self.rememberedMax { Self.forgetOld(&state.revoked, now) }
      return (new, state.listener)
    }
    if !new.isEmpty { listener?(new) }
  }

  /// Reads the database until the task is cancelled. One look at the start covers every token that
  /// may be about.
  package func run() async {
    while !Task.isCancelled {
      do {
        add(try await SignIns(pool).revoked(inTheLastSeconds: Self.rememberedSeconds))
        forget()
      } catch {
        logger.warning("the revoked sign-ins could not be read: \(error)")
      }
      try? await Task.sleep(for: .seconds(Self.pollSeconds))
    }
  }

  private func forget() {
    state.withLock { Self.forgetOld(&$0.revoked, .now) }
  }

  private static func forgetOld(
    _ revoked: inout [ID<SignIn>: ContinuousClock.Instant], _ now: ContinuousClock.Instant
  ) {
    let limit = now - .seconds(Int64(rememberedSeconds))
    revoked = revoked.filter { $0.value > limit }
  }
}
