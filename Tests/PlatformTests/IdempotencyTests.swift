import Core
import Platform
import Postgres
import TestSupport
import Testing

@Suite("Idempotency keys", .timeLimit(.minutes(5)))
struct IdempotencyTests {
  private struct Failure: Error {}

  @Test("A repetition is answered as before and gets nothing done")
  func repetition() async throws {
    try await IdentityFixture.with { fixture in
      let player = try await fixture.guest().grant.player
      let idempotency = Idempotency(pool: fixture.pool)
      let first = try await idempotency.once("k", player: player, request: [1]) { id in
        Idempotency.Answer(status: 201, body: Array("\(id)".utf8))
      }
      let second = try await idempotency.once("k", player: player, request: [1]) { _ in
        Issue.record("it was done twice")
        return Idempotency.Answer(status: 500, body: [])
      }
      #expect(!first.isRepetition && second.isRepetition)
      #expect(first.answer.body == second.answer.body && second.answer.status == 201)
    }
  }

  @Test("What failed may be tried again, with the same money id; players do not share keys")
  func failure() async throws {
    try await IdentityFixture.with { fixture in
      let player = try await fixture.guest().grant.player
      let other = try await fixture.guest().grant.player
      let idempotency = Idempotency(pool: fixture.pool)
      var ids: [UInt128] = []
      await #expect(throws: Failure.self) {
        _ = try await idempotency.once("k", player: player, request: [1]) { id in
          ids.append(id)
          throw Failure()
        }
      }
      for asker in [player, other] {
        _ = try await idempotency.once("k", player: asker, request: [1]) { id in
          ids.append(id)
          return Idempotency.Answer(status: 200, body: [1])
        }
      }
      #expect(ids[0] == ids[1] && ids[1] != ids[2])
    }
  }

  @Test("Another request under the same key is refused")
  func otherRequest() async throws {
    try await IdentityFixture.with { fixture in
      let player = try await fixture.guest().grant.player
      let idempotency = Idempotency(pool: fixture.pool)
      _ = try await idempotency.once("k", player: player, request: [1]) { _ in
        Idempotency.Answer(status: 200, body: [])
      }
      await #expect(throws: PlatformError.keyReused) {
        _ = try await idempotency.once("k", player: player, request: [2]) { _ in
          Idempotency.Answer(status: 200, body: [])
        }
      }
    }
  }
}
