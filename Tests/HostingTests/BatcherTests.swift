import Core
import Domino
import Hosting
import Synchronization
import Tables
import Testing

@Suite(.timeLimit(.minutes(5)))
struct BatcherTests {
  /// A database that answers when it is told to.
  final class Gate: Sendable {
    private struct State {
      var batches: [[MoveAppend]] = []
      var waiting: [CheckedContinuation<Void, Never>] = []
      var isOpen = false
    }

    private let state = Mutex(State())

    var sizes: [Int] { state.withLock { $0.batches.map(\.count) } }

    func send(_ batch: [MoveAppend]) async -> [AppendOutcome] {
      await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
        let isOpen = state.withLock { state in
          state.batches.append(batch)
          if !state.isOpen { state.waiting.append(continuation) }
          return state.isOpen
        }
        if isOpen { continuation.resume() }
      }
      return batch.map { $0.fence == 13 ? .fenced : .ok }
    }

    func open() {
      let waiting = state.withLock { state in
        state.isOpen = true
        defer { state.waiting.removeAll() }
        return state.waiting
      }
      for continuation in waiting { continuation.resume() }
    }
  }

  @Test("Two lanes send at once; what comes meanwhile goes out together, at most 256 rooms a batch")
  func lanes() async throws {
    let gate = Gate()
    let batcher = Batcher(.moves, missing: .unknown) { await gate.send($0) }
    let outcomes = await withTaskGroup(of: (Int, AppendOutcome).self) { group in
      for room in 1...600 {
        group.addTask {
          (room, await batcher.submit(Self.append(room, fence: room == 13 ? 13 : 1)))
        }
      }
      while gate.sizes.count < 2 || batcher.waitingCount < 600 - gate.sizes.reduce(0, +) {
        await Task.yield()
      }
      #expect(gate.sizes.count == BatchLimits.moves.lanes)
      gate.open()
      var outcomes: [Int: AppendOutcome] = [:]
      for await (room, outcome) in group { outcomes[room] = outcome }
      return outcomes
    }
    #expect(gate.sizes.allSatisfy { $0 <= BatchLimits.moves.itemsMax })
    #expect(gate.sizes.reduce(0, +) == 600)
    #expect(gate.sizes.contains { $0 == BatchLimits.moves.itemsMax })
    #expect(outcomes.filter { $0.value == .fenced }.map(\.key) == [13])
    #expect(outcomes.count { $0.value == .ok } == 599)
  }

  private static func append(_ room: Int, fence: Int64) -> MoveAppend {
    MoveAppend(
      room: SerialID(rawValue: Int64(room)), fence: fence,
      hand: ID(millisecondsSince1970: 1, random: UInt128(room)),
      moves: [
        AppendedMove(
          number: 1, seat: 0, decider: .player, move: .pass, timeBankMilliseconds: 0,
          isTrustee: false)
      ])
  }
}
