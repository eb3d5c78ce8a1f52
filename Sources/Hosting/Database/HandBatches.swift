import Core
import Fairness
import Logging
import Postgres
import Store
import Tables

/// The starts and ends of many rooms' hands, each kind gathered into batches.
struct HandBatches: Sendable {
  private let deals: Batcher<DealToPromise, LedgerAnswer<SealedSeed>>
  private let starts: Batcher<Store.HandStart, LedgerAnswer<StartedHand>>
  private let settlements: Batcher<Store.HandSettlement, LedgerAnswer<Void>>

  init(client: TimedClient, logger: Logger) {
    let hands = Hands(client)
    let log = BatchLog(logger: logger)
    deals = Batcher(.hands, missing: .unknown) { promises in
      do throws(PostgresError) {
        return try await hands.promise(promises).map { log.answer($0, sealedSeed) }
      } catch {
        return log.failed(promises.count, "deals", error)
      }
    }
    starts = Batcher(.hands, missing: .unknown) { starts in
      do throws(PostgresError) {
        return try await hands.start(starts).map { log.answer($0, startedHand) }
      } catch {
        return log.failed(starts.count, "starts", error)
      }
    }
    settlements = Batcher(.hands, missing: .unknown) { settlements in
      do throws(PostgresError) {
        return try await hands.settle(settlements).map { log.answer($0) { $0 } }
      } catch {
        return log.failed(settlements.count, "settlements", error)
      }
    }
  }

  func commitDeal(_ promise: DealPromise) async -> LedgerAnswer<SealedSeed> {
    await deals.submit(
      DealToPromise(
        room: promise.room, fence: promise.fence, number: Int32(promise.number),
        seed: .init(promise.seed)))
  }

  func startHand(_ start: Tables.HandStart) async -> LedgerAnswer<StartedHand> {
    await starts.submit(.init(start))
  }

  func settle(_ settlement: Tables.HandSettlement) async -> LedgerAnswer<Void> {
    await settlements.submit(.init(settlement))
  }
}

private func sealedSeed(_ seed: Store.HandStart.Seed?) -> SealedSeed? {
  seed.flatMap { SealedSeed($0) }
}

private func startedHand(_ numbers: StartedNumbers?) -> StartedHand? {
  numbers.map {
    StartedHand(number: Int($0.number), stacks: $0.stacks.map(Chips.init(rawValue:)))
  }
}

/// What a table is answered, and what the log is told.
private struct BatchLog: Sendable {
  let logger: Logger

  /// The answer to one item. An outcome that does without the value is a refusal.
  func answer<Stored, Value>(
    _ outcome: BatchedOutcome<Stored>, _ value: (Stored) -> Value?
  ) -> LedgerAnswer<Value> {
    switch outcome {
    case .answered(let outcome, let stored):
      guard outcome.isDone, let value = value(stored) else { return outcome.refusal() }
      return .done(value)
    case .invalid(let problem):
      logger.error("the database cannot take an item of a batch: \(problem)")
      return .refused("internal")
    }
  }

  /// The answers where the call as a whole has failed: what is certainly not done is refused; all
  /// else may be done, and is asked again.
  func failed<Value>(
    _ count: Int, _ what: StaticString, _ error: PostgresError
  ) -> [LedgerAnswer<Value>] {
    logger.warning("\(count) \(what): \(error)")
    return Array(repeating: error.isRefusal ? .refused("internal") : .unknown, count: count)
  }
}
