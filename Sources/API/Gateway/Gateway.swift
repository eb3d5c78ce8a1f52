import Core
import Metrics
package import NIOCore
package import Platform
import Store
import Synchronization
import Tables

/// All sockets of the node.
package final class Gateway: Sendable {
  let limits: APILimits
  let identity: Identity
  let players: Players
  let tables: TableAccess
  let maintenance: Maintenance?
  private let presence: Presence

  private struct Counts {
    var total = 0
    var byAddress: [String: Int] = [:]
    var byPlayer: [ID<Player>: Int] = [:]
    var isStopping = false
  }

  private let counts = Mutex(Counts())
  private let lastID = Atomic<UInt64>(0)
  private let loops: [ObjectIdentifier: LoopSockets]
  private let upgrades: RateLimiter
  private let opened = Counter(label: "sockets_opened")
  private let gauge = Meter(label: "sockets")

  /// A gateway on these event loops.
  package init(
    limits: APILimits, identity: Identity, players: Players, tables: TableAccess,
    presence: Presence, maintenance: Maintenance?, eventLoops: any EventLoopGroup
  ) {
    self.limits = limits
    self.identity = identity
    self.players = players
    self.tables = tables
    self.presence = presence
    self.maintenance = maintenance
    upgrades = RateLimiter(limits.upgradesPerAddress)
    var loops: [ObjectIdentifier: LoopSockets] = [:]
    for eventLoop in eventLoops.makeIterator() {
      loops[ObjectIdentifier(eventLoop)] = LoopSockets(eventLoop: eventLoop)
    }
    self.loops = loops
    identity.revocations.onRevoked { [weak self] in self?.revoke(Set($0)) }
  }

  /// How many sockets there are.
  package var count: Int { counts.withLock { $0.total } }

  /// Counts one more socket of an address before it is upgraded; false where there are too many.
  func enter(_ address: String) -> Bool {
    guard upgrades.take(address).isAllowed else { return false }
    return counts.withLock { counts in
      guard !counts.isStopping, counts.total < limits.socketsMax,
        counts.byAddress[address, default: 0] < limits.socketsPerAddress
      else { return false }
      counts.total += 1
      counts.byAddress[address, default: 0] += 1
      return true
    }
  }

  /// Counts it out again.
  func leave(_ address: String) {
    counts.withLock { counts in
      counts.total -= 1
      Self.lower(&counts.byAddress, address)
    }
  }

  /// Makes the handler of an upgraded channel; on its event loop.
  func handler(on channel: any Channel) -> SocketHandler? {
    guard let loop = loops[ObjectIdentifier(channel.eventLoop)] else { return nil }
    let id = lastID.add(1, ordering: .relaxed).newValue
    opened.increment()
    gauge.increment()
    return SocketHandler(id: id, gateway: self, loop: loop)
  }

  /// Counts the socket as its player's; false where there are too many.
  func admit(_ player: ID<Player>, _ socket: SocketHandler) -> Bool {
    let isAdmitted = counts.withLock { counts in
      guard counts.byPlayer[player, default: 0] < limits.socketsPerPlayer else { return false }
      counts.byPlayer[player, default: 0] += 1
      return true
    }
    socket.work.isAdmitted = isAdmitted
    if isAdmitted { presence.entered(player) }
    return isAdmitted
  }

  /// A socket is gone.
  func left(_ socket: SocketHandler) {
    if socket.work.isAdmitted, let player = socket.access?.player {
      counts.withLock { Self.lower(&$0.byPlayer, player) }
      presence.left(player)
    }
    gauge.decrement()
  }

  /// A socket was closed by us.
  func closed(_ code: CloseCode) {
    Counter(label: "sockets_closed", dimensions: [("code", String(code.rawValue))]).increment()
  }

  private static func lower<Key>(_ counts: inout [Key: Int], _ key: Key) {
    guard let count = counts[key] else { return }
    counts[key] = count > 1 ? count - 1 : nil
  }

  private func revoke(_ signIns: Set<ID<SignIn>>) {
    for loop in loops.values {
      loop.withAll { socket in
        if let access = socket.access, signIns.contains(access.signIn) { socket.revoked() }
      }
    }
  }
}

extension Gateway {
  /// Says to every socket that the server restarts, each after a delay of chance, so that they do
  /// not all come back at once; then drops what is left. Returns when no socket is left.
  package func shutdown() async {
    counts.withLock { $0.isStopping = true }
    let spread = Int64(limits.closeSpreadSeconds) * 1_000
    for loop in loops.values {
      let eventLoop = loop.eventLoop
      loop.withAll { socket in
        let id = socket.id
        eventLoop.scheduleTask(in: .milliseconds(Int64.random(in: 0...spread))) {
          loop.with(id) { $0.restarting() }
        }
      }
    }
    await waitUntilEmpty(milliseconds: spread + Self.closeMilliseconds)
    for loop in loops.values { loop.withAll { $0.drop() } }
    await waitUntilEmpty(milliseconds: Self.dropMilliseconds)
  }

  /// How long clients may take to answer the close.
  private static let closeMilliseconds: Int64 = 3_500
  private static let dropMilliseconds: Int64 = 1_000
  private static let pauseMilliseconds: Int64 = 20

  private func waitUntilEmpty(milliseconds: Int64) async {
    for _ in 0..<(milliseconds / Self.pauseMilliseconds) where count > 0 {
      try? await Task.sleep(for: .milliseconds(Self.pauseMilliseconds))
    }
  }
}
