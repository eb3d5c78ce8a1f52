import Synchronization
package import Tables

/// Gathers the appends of many rooms, and sends a batch when a lane is free.
package final class MoveBatcher: Sendable {
  /// Writes a batch; one outcome for each append.
  package typealias Send = @Sendable ([MoveAppend]) async -> [AppendOutcome]

  private struct Waiting {
    let append: MoveAppend
    let continuation: CheckedContinuation<AppendOutcome, Never>
  }

  private struct State {
    var waiting: [Waiting] = []
    var freeLanes: Int
  }

  private let state: Mutex<State>
  private let send: Send

  /// The most rooms of a batch.
  package static let roomsMax = 256
  /// How many batches may be under way at once.
  package static let lanes = 2

  /// A batcher that sends by this.
  package init(send: @escaping Send) {
    state = Mutex(State(freeLanes: MoveBatcher.lanes))
    self.send = send
  }

  /// Writes the moves with those of other rooms.
  package func append(_ append: MoveAppend) async -> AppendOutcome {
    await withCheckedContinuation { continuation in
      let batch = state.withLock { state in
        state.waiting.append(Waiting(append: append, continuation: continuation))
        return MoveBatcher.take(&state)
      }
      if let batch { Task { await run(batch) } }
    }
  }

  /// The next batch where a lane is free.
  private static func take(_ state: inout State) -> [Waiting]? {
    guard state.freeLanes > 0, !state.waiting.isEmpty else { return nil }
    state.freeLanes -= 1
    return rest(&state)
  }

  private static func rest(_ state: inout State) -> [Waiting] {
    guard state.waiting.count > roomsMax else {
      defer { state.waiting.removeAll(keepingCapacity: true) }
      return state.waiting
    }
    defer { state.waiting.removeFirst(roomsMax) }
    return Array(state.waiting.prefix(roomsMax))
  }

  /// Sends batches on one lane until nothing waits.
  private func run(_ first: [Waiting]) async {
    var batch = first
    while !batch.isEmpty {
      let outcomes = await send(batch.map(\.append))
      for (index, waiting) in batch.enumerated() {
        waiting.continuation.resume(
          returning: index < outcomes.count ? outcomes[index] : .unknown)
      }
      batch = state.withLock { state in
        if state.waiting.isEmpty {
          state.freeLanes += 1
          return []
        }
        return MoveBatcher.rest(&state)
      }
    }
  }
}
