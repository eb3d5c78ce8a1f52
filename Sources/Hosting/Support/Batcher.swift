import Dispatch
import Synchronization

/// Gathers what many rooms want of the database, and sends it together when a lane is free.
///
/// A lone item goes out at once. While batches follow each other closely, each waits until
/// `spacing` has passed since the last one or `enough` items are there: a call costs the database
/// far more than an item in it.
package final class Batcher<Item: Sendable, Outcome: Sendable>: Sendable {
  /// Sends a batch; one outcome for each item, in order.
  package typealias Send = @Sendable ([Item]) async -> [Outcome]

  private struct Waiting {
    let item: Item
    let continuation: CheckedContinuation<Outcome, Never>
  }

  private enum Step {
    case nothing
    case send([Waiting])
    case wait(until: UInt64)
  }

  private struct State {
    var waiting: [Waiting] = []
    var freeLanes: Int
    var lastSent: UInt64 = 0
    var isAlarmSet = false
  }

  private let limits: BatchLimits
  private let missing: Outcome
  private let send: Send
  private let queue = DispatchQueue(label: "batcher")
  private let state: Mutex<State>

  /// A batcher that sends by this. `missing` is the outcome of an item that was not answered.
  package init(_ limits: BatchLimits, missing: Outcome, send: @escaping Send) {
    self.limits = limits
    self.missing = missing
    self.send = send
    state = Mutex(State(freeLanes: limits.lanes))
  }

  /// How many items wait for a lane.
  package var waitingCount: Int { state.withLock { $0.waiting.count } }

  /// Sends the item with those of other rooms.
  package func submit(_ item: Item) async -> Outcome {
    await withCheckedContinuation { continuation in
      let step = state.withLock { state in
        state.waiting.append(Waiting(item: item, continuation: continuation))
        return next(&state)
      }
      perform(step)
    }
  }

  /// What is to be done now, as if it were done.
  private func next(_ state: inout State) -> Step {
    guard state.freeLanes > 0, !state.waiting.isEmpty else { return .nothing }
    let now = DispatchTime.now().uptimeNanoseconds
    let due = state.lastSent + limits.spacingNanoseconds
    guard state.waiting.count >= limits.enough || now >= due else {
      if state.isAlarmSet { return .nothing }
      state.isAlarmSet = true
      return .wait(until: due)
    }
    state.freeLanes -= 1
    state.lastSent = now
    return .send(take(&state))
  }

  private func take(_ state: inout State) -> [Waiting] {
    guard state.waiting.count > limits.itemsMax else {
      defer { state.waiting.removeAll(keepingCapacity: true) }
      return state.waiting
    }
    defer { state.waiting.removeFirst(limits.itemsMax) }
    return Array(state.waiting.prefix(limits.itemsMax))
  }

  private func perform(_ step: Step) {
    switch step {
    case .nothing: return
    case .send(let batch): Task { await run(batch) }
    case .wait(let moment):
      queue.asyncAfter(deadline: DispatchTime(uptimeNanoseconds: moment)) { self.alarm() }
    }
  }

  private func alarm() {
    perform(
      state.withLock { state in
        state.isAlarmSet = false
        return next(&state)
      })
  }

  private func run(_ batch: [Waiting]) async {
    let outcomes = await send(batch.map(\.item))
    for (index, waiting) in batch.enumerated() {
      waiting.continuation.resume(
        returning: index < outcomes.count ? outcomes[index] : missing)
    }
    perform(
      state.withLock { state in
        state.freeLanes += 1
        return next(&state)
      })
  }
}

/// How a batcher gathers.
package struct BatchLimits: Sendable {
  /// The most items of a batch.
  package var itemsMax: Int
  /// How many batches may be under way at once.
  package var lanes: Int
  /// So many items go out without waiting for the spacing.
  package var enough: Int
  /// From one batch to the next, in nanoseconds.
  package var spacingNanoseconds: UInt64

  /// Limits as they stand.
  package init(itemsMax: Int, lanes: Int, enough: Int, spacingMilliseconds: Int) {
    self.itemsMax = itemsMax
    self.lanes = lanes
    self.enough = enough
    spacingNanoseconds = UInt64(spacingMilliseconds) * 1_000_000
  }

  /// Moves: a room waits for its own, so the spacing is short.
  package static let moves = BatchLimits(
    itemsMax: 256, lanes: 2, enough: 64, spacingMilliseconds: 3)
  /// Starts and ends of hands: some twenty times rarer, and between two hands nobody is in haste.
  package static let hands = BatchLimits(
    itemsMax: 128, lanes: 1, enough: 64, spacingMilliseconds: 20)
}
