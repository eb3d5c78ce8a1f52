import Postgres
import Testing

/// Decisions of the pool, with numbers for connections and letters for callers.
@Suite("Pool, without I/O", .timeLimit(.minutes(5)))
struct PoolStateTests {
  typealias State = PoolState<Int, String>

  func make(_ change: (inout PoolConfiguration) -> Void) -> State {
    var limits = PoolConfiguration()
    change(&limits)
    return State(limits)
  }

  func told(_ actions: [State.Action]) -> [String] {
    actions.map { action in
      switch action {
      case .grant(let ticket, let id, _): "\(ticket) gets \(id)"
      case .refuse(let ticket, let error): "\(ticket) refused: \(error)"
      case .connect(let delay): "connect after \(delay)"
      case .close(let connection): "close \(connection)"
      case .check(let id, _): "check \(id)"
      case .drained: "drained"
      }
    }
  }

  @Test("A waiting caller gets the connection that is made for it, later ones the one that is back")
  func turns() {
    var state = make { $0.maximumConnections = 1 }
    #expect(told(state.wait(1, .exclusive, "a", now: 0)) == ["connect after 0"])
    #expect(told(state.wait(2, .exclusive, "b", now: 0)).isEmpty)
    #expect(told(state.connected(100, chance: 0, now: 1).actions) == ["a gets 1"])
    #expect(told(state.release(1, isClean: true, now: 2)) == ["b gets 1"])
    #expect(told(state.release(1, isClean: true, now: 3)).isEmpty)
    #expect(state.counters.idle == 1)
  }

  @Test("After failures one attempt at a time, later and later; waiters end with the reason")
  func failures() {
    var state = make {
      $0.maximumConnections = 5
      $0.waitTimeoutMilliseconds = 1_000
    }
    for caller in ["a", "b", "c"] {
      #expect(told(state.wait(1, .exclusive, caller, now: 0)) == ["connect after 0"])
    }
    #expect(told(state.connectFailed("down", chance: 1, now: 10)).isEmpty)
    #expect(told(state.connectFailed("down", chance: 1, now: 10)).isEmpty)
    #expect(told(state.connectFailed("down", chance: 1, now: 10)) == ["connect after 200"])
    #expect(
      told(state.expire(now: 1_000))
        == ["a", "b", "c"].map { "\($0) refused: no connection became free in 1000 ms (down)" }
    )
  }

  @Test("Statements share when there is no more room, but never with one who is alone")
  func sharing() {
    var state = make {
      $0.maximumConnections = 1
      $0.maximumSharing = 2
    }
    _ = state.wait(1, .shared, "a", now: 0)
    #expect(told(state.connected(100, chance: 0, now: 0).actions) == ["a gets 1"])
    #expect(state.acquire(.shared)?.id == 1)
    #expect(state.acquire(.shared) == nil)
    #expect(told(state.wait(2, .exclusive, "b", now: 0)).isEmpty)
    #expect(told(state.wait(3, .shared, "c", now: 0)).isEmpty)
    // The one who came first is served first, though there is room for the other.
    #expect(told(state.release(1, isClean: true, now: 0)).isEmpty)
    #expect(told(state.release(1, isClean: true, now: 0)) == ["b gets 1"])
    #expect(told(state.release(1, isClean: true, now: 0)) == ["c gets 1"])
  }

  @Test("A connection that is dead or not clean is closed and replaced for those that wait")
  func replaced() {
    var state = make { $0.maximumConnections = 1 }
    _ = state.wait(1, .exclusive, "a", now: 0)
    _ = state.connected(100, chance: 0, now: 0)
    _ = state.wait(2, .exclusive, "b", now: 0)
    #expect(told(state.ended(1, now: 1)).isEmpty)
    #expect(told(state.release(1, isClean: true, now: 1)) == ["close 100", "connect after 0"])
    #expect(told(state.connected(101, chance: 0, now: 2).actions) == ["b gets 2"])
    #expect(told(state.release(2, isClean: false, now: 3)) == ["close 101"])
    #expect(state.counters.ended == 2)
  }

  @Test("Idle connections are tried, old and superfluous ones closed")
  func maintenance() {
    var state = make {
      $0.healthCheckMilliseconds = 10
      $0.idleTimeoutMilliseconds = 100
      $0.maximumLifetimeMilliseconds = 1_000
    }
    _ = state.wait(1, .exclusive, "a", now: 0)
    _ = state.connected(100, chance: 0, now: 0)
    _ = state.release(1, isClean: true, now: 0)
    #expect(told(state.maintain(now: 9)).isEmpty)
    #expect(told(state.maintain(now: 10)) == ["check 1"])
    #expect(state.acquire(.exclusive) == nil)
    _ = state.release(1, isClean: true, now: 11)
    #expect(told(state.maintain(now: 12)).isEmpty)
    #expect(told(state.maintain(now: 111)) == ["close 100"])
  }

  @Test("Closing refuses those that wait, and is done when the last is back")
  func closing() {
    var state = make { $0.maximumConnections = 1 }
    _ = state.wait(1, .exclusive, "a", now: 0)
    _ = state.connected(100, chance: 0, now: 0)
    _ = state.wait(2, .exclusive, "b", now: 0)
    #expect(told(state.close()) == ["b refused: the pool is shut down"])
    #expect(told(state.wait(3, .shared, "c", now: 0)) == ["c refused: the pool is shut down"])
    #expect(told(state.release(1, isClean: true, now: 1)) == ["close 100", "drained"])
    #expect(told(state.close()) == ["drained"])
  }

  @Test("A caller that is cancelled before it waits is refused, and leaves nothing behind")
  func cancelledBefore() {
    var state = make { _ in }
    #expect(told(state.cancel(1)).isEmpty)
    #expect(told(state.wait(1, .exclusive, "a", now: 0)) == ["a refused: cancelled"])
    state.forget(1)
    #expect(told(state.wait(1, .exclusive, "a", now: 0)) == ["connect after 0"])
    #expect(told(state.cancel(1)) == ["a refused: cancelled"])
  }

  @Test("Whatever happens, nobody is forgotten and the limit holds")
  func randomLife() {
    for seed in UInt64(0)..<200 { liveRandomly(seed: seed) }
  }

  private func liveRandomly(seed: UInt64) {
    let state = make {
      $0.maximumConnections = 3
      $0.maximumSharing = 2
      $0.maximumWaiters = 5
      $0.waitTimeoutMilliseconds = 50
      $0.maximumLifetimeMilliseconds = 300
    }
    var life = RandomLife(state: state, seed: seed)
    for step in 0..<300 {
      life.live(step)
      let counters = life.state.counters
      #expect(counters.inUse + counters.idle + life.connecting <= 3, "seed \(seed)")
      #expect(counters.waiting == life.waiting.count, "seed \(seed)")
      #expect(
        life.waiting.isEmpty || life.connecting > 0 || counters.inUse > 0, "seed \(seed)")
    }
    life.absorb(life.state.close())
    #expect(life.waiting.isEmpty, "seed \(seed)")
  }
}

/// A pool's state to which anything may happen, and what its callers know.
private struct RandomLife {
  var state: PoolStateTests.State
  let seed: UInt64
  var waiting: Set<String> = []
  var connecting = 0
  private var random: SeededRandom
  private var leases: [Int] = []
  private var now = 0

  init(state: PoolStateTests.State, seed: UInt64) {
    self.state = state
    self.seed = seed
    random = SeededRandom(seed: seed)
  }

  mutating func absorb(_ actions: [PoolStateTests.State.Action]) {
    for action in actions {
      switch action {
      case .grant(let ticket, let id, _):
        #expect(waiting.remove(ticket) != nil, "seed \(seed)")
        leases.append(id)
      case .refuse(let ticket, _): #expect(waiting.remove(ticket) != nil, "seed \(seed)")
      case .connect: connecting += 1
      case .check(let id, _): leases.append(id)
      case .close, .drained: break
      }
    }
  }

  mutating func live(_ step: Int) {
    now += Int.random(in: 0..<10, using: &random)
    switch Int.random(in: 0..<8, using: &random) {
    case 0...2:
      waiting.insert("\(step)")
      let mode: PoolStateTests.State.Mode = Bool.random(using: &random) ? .exclusive : .shared
      absorb(state.wait(UInt64(step), mode, "\(step)", now: now))
    case 3...4:
      guard let id = leases.randomElement(using: &random) else { return }
      leases.remove(at: leases.firstIndex(of: id)!)
      absorb(state.release(id, isClean: step % 7 != 0, now: now))
    case 5 where connecting > 0:
      connecting -= 1
      absorb(
        step % 3 == 0
          ? state.connectFailed("x", chance: 0.5, now: now)
          : state.connected(step, chance: 0.5, now: now).actions)
    case 6: absorb(state.expire(now: now))
    default:
      absorb(state.ended(Int.random(in: 0..<20, using: &random), now: now))
      absorb(state.maintain(now: now))
    }
  }
}
