package import Core
import FoundationEssentials
package import Postgres

/// What is known of a request under an idempotency key.
package enum IdempotentClaim: Hashable, Sendable {
  /// Do it with this money id: a repetition gets the same.
  case proceed(UInt128)
  /// It was done: this was the answer.
  case answered(status: Int16, body: [UInt8])
  /// The key was used for another request.
  case differentRequest
}

/// The keys by which clients repeat a request that moves money.
package struct IdempotencyKeys<Client: PostgresClient>: Sendable {
  let client: Client

  /// The keys behind a connection, a transaction or a pool.
  package init(_ client: Client) {
    self.client = client
  }

  /// Notes the key at its first receipt and gives it a money id; a repetition finds both, and the
  /// answer where there was one.
  package func claim(
    _ key: String, player: ID<Player>, requestHash: [UInt8]
  ) async throws(PostgresError) -> IdempotentClaim {
    let (outcome, id, status, body) = try await client.query(
      """
      select outcome, money_id, answer_status, answer_body
      from claim_idempotency_key(\(player.uuid), \(key), \(requestHash))
      """
    ).one().decode((String, UUID?, Int16?, [UInt8]?).self)
    switch (outcome, id, status, body) {
    case ("answered", _, let status?, let body?): return .answered(status: status, body: body)
    case ("proceed", let id?, _, _): return .proceed(ID<Transaction>(id).rawValue)
    default: return .differentRequest
    }
  }

  /// Keeps the answer of a request that was done.
  package func answer(
    _ key: String, player: ID<Player>, status: Int16, body: [UInt8]
  ) async throws(PostgresError) {
    try await client.execute(
      "select answer_idempotency_key(\(player.uuid), \(key), \(status), \(body))")
  }
}
