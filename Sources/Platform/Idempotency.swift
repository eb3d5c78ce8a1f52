package import Core
import Crypto
import FoundationEssentials
import Logging
package import Postgres
import Store

/// Requests that a client may repeat: each is done once, and a repetition is answered as before.
package struct Idempotency: Sendable {
  /// The longest key, in characters.
  package static let keyCharactersMax = 255

  let pool: PostgresPool
  private let logger = Logger(label: "idempotency")

  /// The keys behind a pool.
  package init(pool: PostgresPool) {
    self.pool = pool
  }

  /// An answer as it was sent.
  package struct Answer: Sendable {
    /// HTTP status.
    package var status: Int
    /// The body.
    package var body: [UInt8]

    /// An answer as it stands.
    package init(status: Int, body: [UInt8]) {
      self.status = status
      self.body = body
    }
  }

  /// Does `work` with the money id that belongs to the key, unless it was answered before. What
  /// fails is not kept: the same request may succeed later, and its money id stays the same.
  package func once(
    _ key: String, player: ID<Player>, request: [UInt8],
    _ work: (_ moneyID: UInt128) async throws -> Answer
  ) async throws -> (answer: Answer, isRepetition: Bool) {
    let keys = IdempotencyKeys(pool)
    let hash = Array(SHA256.hash(data: Data(request)))
    switch try await keys.claim(key, player: player, requestHash: hash) {
    case .differentRequest: throw PlatformError.keyReused
    case .answered(let status, let body):
      return (Answer(status: Int(status), body: body), true)
    case .proceed(let id):
      let answer = try await work(id)
      await keep(answer, key, player)
      return (answer, false)
    }
  }

  /// The work is done and committed: where its answer cannot be kept, a repetition finds out by the
  /// money id what was done.
  private func keep(_ answer: Answer, _ key: String, _ player: ID<Player>) async {
    do {
      try await IdempotencyKeys(pool).answer(
        key, player: player, status: Int16(answer.status), body: answer.body)
    } catch {
      logger.warning("an answer was not kept: \(error)")
    }
  }
}
