import Redis
import TestSupport
import Testing

@Suite("Redis: the commands of a client")
struct CommandQueueTests {
  private func entry(_ id: UInt64) -> CommandQueue.Entry {
    CommandQueue.Entry(id: id, name: "GET", bytes: [UInt8(id)])
  }

  private func errors(_ ended: [(id: UInt64, error: RedisError)]) -> [UInt64: RedisError] {
    Dictionary(uniqueKeysWithValues: ended.map { ($0.id, $0.error) })
  }

  @Test("Commands go out at once up to the limit, then they wait for answers")
  func pipelined() throws {
    var queue = CommandQueue(inFlightMax: 2, waitingMax: 2)
    #expect(queue.submit(entry(1), now: 0) == .wait)
    #expect(queue.becameReady(now: 5) == [[1]])
    #expect(queue.submit(entry(2), now: 6) == .write)
    #expect(queue.submit(entry(3), now: 7) == .wait)
    #expect(queue.submit(entry(4), now: 8) == .wait)
    #expect(queue.submit(entry(5), now: 9) == .refuse(.tooManyWaiting(limit: 2)))
    #expect(queue.oldest == 5 && queue.inFlightCount == 2 && queue.waitingCount == 2)
    #expect(queue.received(now: 9) == .init(id: 1, name: "GET", written: [[3]]))
    #expect(queue.received(now: 9) == .init(id: 2, name: "GET", written: [[4]]))
    #expect(queue.received(now: 9) == .init(id: 3, name: "GET", written: []))
    #expect(queue.received(now: 9) == .init(id: 4, name: "GET", written: []))
    #expect(queue.received(now: 9) == nil && queue.oldest == nil)
  }

  @Test("The answer to a command that was given up is passed over, and belongs to nobody else")
  func abandoned() {
    var queue = CommandQueue(inFlightMax: 2, waitingMax: 2)
    _ = queue.becameReady(now: 0)
    for id in UInt64(1)...4 { _ = queue.submit(entry(id), now: 0) }
    let known = [1, 3, 1, 9].map { queue.abandon($0) }
    #expect(known == [true, true, false, false])
    #expect(queue.inFlightCount == 2)
    #expect(queue.received(now: 1) == .init(id: nil, name: "GET", written: [[4]]))
    #expect(queue.received(now: 1)?.id == 2)
    #expect(queue.received(now: 1)?.id == 4)
  }

  @Test("A lost connection fails what was sent as unknown and what waited as not done")
  func lost() {
    var queue = CommandQueue(inFlightMax: 1, waitingMax: 2)
    _ = queue.becameReady(now: 0)
    for id in UInt64(1)...2 { _ = queue.submit(entry(id), now: 0) }
    #expect(
      errors(queue.ended(reason: "r")) == [
        1: .connectionLost(reason: "r"), 2: .notConnected(reason: "r"),
      ])
    #expect(queue.submit(entry(3), now: 1) == .refuse(.notConnected(reason: "r")))
    queue.connecting()
    #expect(queue.submit(entry(4), now: 2) == .wait)
    #expect(queue.becameReady(now: 3) == [[4]])
    #expect(errors(queue.close()) == [4: .closed])
    queue.connecting()
    #expect(queue.submit(entry(5), now: 4) == .refuse(.closed))
  }

  @Test("Whatever happens, each command ends once, and answers meet their commands")
  func law() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    var queue = CommandQueue(inFlightMax: 3, waitingMax: 4)
    // What the server would answer, in order.
    var wire: [UInt64] = []
    var open: Set<UInt64> = []
    for id in UInt64(1)...20_000 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0: open.subtract(queue.ended(reason: "").map(\.id)); wire = []
      case 1: queue.connecting()
      case 2: wire += queue.becameReady(now: 0).map { UInt64($0[0]) }
      case 3:
        guard let one = open.randomElement(using: &random) else { continue }
        let isKnown = queue.abandon(one)
        #expect(isKnown, "seed \(seed)")
        open.remove(one)
      case 4, 5:
        guard let delivery = queue.received(now: 0) else {
          #expect(wire.isEmpty, "seed \(seed)")
          continue
        }
        let answered = wire.removeFirst()
        wire += delivery.written.map { UInt64($0[0]) }
        guard let told = delivery.id else { continue }
        #expect(told & 0xFF == answered && open.remove(told) != nil, "seed \(seed)")
      default:
        let entry = CommandQueue.Entry(id: id, name: "", bytes: [UInt8(id & 0xFF)])
        switch queue.submit(entry, now: 0) {
        case .write: wire.append(id & 0xFF); open.insert(id)
        case .wait: open.insert(id)
        case .refuse: break
        }
      }
      #expect(queue.inFlightCount <= 3 && queue.waitingCount <= 4)
      #expect(queue.inFlightCount == wire.count, "seed \(seed)")
    }
    #expect(Set(queue.close().map(\.id)) == open, "seed \(seed)")
  }

  @Test("Pauses grow to their limit, differ by chance, and begin anew after a good connection")
  func backoff() {
    var random = SeededGenerator(seed: 1)
    var backoff = Backoff(firstMilliseconds: 100, maxMilliseconds: 1_000)
    for length in [100, 200, 400, 800, 1_000, 1_000] {
      #expect((length / 2...length).contains(backoff.pause(using: &random)))
    }
    for _ in 0..<100 { #expect(backoff.pause(using: &random) <= 1_000) }
    #expect(Set((0..<20).map { _ in backoff.pause(using: &random) }).count > 5)
    backoff.reset()
    #expect(backoff.pause(using: &random) <= 100)
  }
}
