import Postgres
import Testing

/// The parts that need no server.
@Suite("States without I/O", .timeLimit(.minutes(5)))
struct StateTests {
  typealias Pipeline = PipelineState<Int, String, String>

  /// Feeds events and writes down what is finished, as "owner: result result".
  func run(_ units: [(Int, [Pipeline.Step])], _ events: [Pipeline.Event]) -> [String] {
    var state = Pipeline()
    for (owner, steps) in units { state.sent(.init(owner: owner, steps: steps)) }
    var told: [String] = []
    for event in events {
      switch state.received(event) {
      case .wait: continue
      case .violation(let reason): told.append("violation: \(reason)")
      case .finished(let unit):
        let results = unit.results(success: { $0 }, failed: { "!\($0)" }, aborted: "-")
        told.append("\(unit.owner): \(results.joined(separator: " "))")
      }
    }
    if !state.isEmpty { told.append("\(state.count) left") }
    return told
  }

  @Test("Answers belong to units in the order of sending")
  func order() {
    let told = run(
      [(1, [.execute]), (2, [.prepare("s"), .execute])],
      [
        .succeeded("a"), .end, .sync, .succeeded("prepared"), .end, .succeeded("b"), .end, .sync,
      ]
    )
    #expect(told == ["1: a", "2: b"])
  }

  @Test("A failure skips the rest of its unit and no more")
  func failure() {
    let told = run(
      [(1, [.execute, .execute, .execute]), (2, [.execute])],
      [
        .succeeded("a"), .end, .failed("x"), .end, .skipped, .end, .sync, .succeeded("b"), .end,
        .sync,
      ]
    )
    #expect(told == ["1: - !x -", "2: b"])
  }

  @Test("A failure while preparing belongs to the statement that was prepared")
  func prepareFails() {
    let told = run(
      [(1, [.prepare("s"), .execute])],
      [.failed("x"), .end, .skipped, .end, .sync]
    )
    #expect(told == ["1: !x"])
  }

  @Test("A failure at the sync belongs to the last statement")
  func failureAtSync() {
    let told = run(
      [(1, [.execute, .execute])],
      [.succeeded("a"), .end, .succeeded("b"), .end, .failed("x"), .end, .sync]
    )
    #expect(told == ["1: - !x"])
  }

  @Test("Without the sync nothing is finished")
  func noSync() {
    #expect(run([(1, [.execute])], [.succeeded("a"), .end]) == ["1 left"])
  }

  @Test("Breaches of the protocol are noticed")
  func violations() {
    #expect(run([], [.sync]) == ["violation: the server answered what nobody asked"])
    #expect(
      run([(1, [.execute])], [.sync])
        == ["violation: the server's sync came too early", "1 left"]
    )
    let lost = run([(1, [.execute])], [.end, .end, .end, .end])
    #expect(lost == ["violation: libpq lost track of the pipeline", "1 left"])
  }

  @Test("The statement that was not used for longest makes room")
  func statementCache() {
    func key(_ text: String) -> StatementCache.Key { .init(text: text, types: []) }
    var cache = StatementCache(capacity: 2)
    let a = cache.insert(key("a"))
    let b = cache.insert(key("b"))
    #expect(cache.name(of: key("a")) == a)
    _ = cache.insert(key("c"))
    #expect(cache.name(of: key("b")) == nil)
    #expect(cache.name(of: key("a")) == a)
    #expect(cache.takeDiscarded() == [b])
    #expect(cache.takeDiscarded().isEmpty)
    cache.forget(name: a)
    #expect(cache.name(of: key("a")) == nil)
    #expect(cache.discarded.isEmpty)
  }

  @Test("Delays double up to a limit, with chance in them")
  func backoff() {
    let backoff = Backoff()
    let full = (0...9).map { backoff.delayMilliseconds(failures: $0, chance: 1) }
    #expect(full == [0, 50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000])
    #expect(backoff.delayMilliseconds(failures: 4, chance: 0) == 200)
    #expect(backoff.delayMilliseconds(failures: .max, chance: 1) == 5_000)
  }

  @Test("What is put in comes out in the same order, whatever the pattern")
  func fifo() {
    var random = SeededRandom(seed: 11)
    var queue = FIFO<Int>()
    var model: [Int] = []
    for number in 0..<20_000 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<5:
        queue.append(number)
        model.append(number)
      case 5:
        queue.prepend(number)
        model.insert(number, at: 0)
      case 6 where number % 100 == 0:
        #expect(queue.remove { $0 % 3 == 0 } == model.filter { $0 % 3 == 0 })
        model.removeAll { $0 % 3 == 0 }
      default:
        #expect(queue.popFirst() == (model.isEmpty ? nil : model.removeFirst()))
      }
      #expect(queue.count == model.count)
    }
    #expect(Array(queue) == model)
  }
}
