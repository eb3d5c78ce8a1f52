import Core
import Postgres
import Store

/// Which wallets the lanes of a load post between.
enum Spread: String {
  /// All lanes between all players.
  case shared
  /// Each lane between players of its own.
  case disjoint
  /// Everything to or from one player.
  case hotPlayer = "hot player"
  /// Everything from the house to players.
  case hotSystem = "hot system"
}

/// What a load did.
struct Measured {
  var count: Int
  var seconds: Double
  var cpuMicrosecondsEach: Double
  var walBytesEach: Double
  var diskBytesEach: Double

  var perSecond: Double { Double(count) / seconds }

  /// Rate, CPU, WAL and disk, whole.
  var cells: [String] {
    [perSecond, cpuMicrosecondsEach, walBytesEach, diskBytesEach].map { "\(Int($0.rounded()))" }
  }
}

extension Bench {
  static let postingHeader = """
    | load | batch | connections | transfers/s | PostgreSQL CPU µs each | WAL bytes each | \
    disk bytes each |
    |---|---|---|---|---|---|---|
    """

  /// Every load of the ledger, smallest batch first.
  func posting() async throws {
    print(Self.postingHeader)
    for batch in [1, 10, 100, 500] {
      for lanes in [1, 4, 8] {
        try await post(.shared, batch: batch, lanes: lanes)
        if batch > 1 { try await post(.disjoint, batch: batch, lanes: lanes) }
      }
    }
    for spread in [Spread.hotPlayer, .hotSystem] {
      try await post(spread, batch: 1, lanes: 8)
      try await post(spread, batch: 100, lanes: 8)
    }
  }

  /// Posts for the bench's seconds and prints a row.
  @discardableResult
  func post(_ spread: Spread, batch: Int, lanes count: Int) async throws -> Measured {
    let measured = try await measure { deadline in
      try await withThrowingTaskGroup(of: Int.self) { group in
        for lane in 0..<count {
          group.addTask {
            let ledger = Ledger(lanes[lane])
            var posted = 0
            while ContinuousClock.now < deadline {
              let postings = postings(spread, batch: batch, lane: lane, of: count)
              let results = try await ledger.post(postings)
              posted += results.count { $0.outcome == .ok }
            }
            return posted
          }
        }
        return try await group.reduce(0, +)
      }
    }
    print(
      "| \(spread.rawValue) | \(batch) | \(count) | \(measured.cells.joined(separator: " | ")) |")
    return measured
  }

  /// Counts what the work does until the deadline, and what the server uses for it.
  func measure(
    _ work: (ContinuousClock.Instant) async throws -> Int
  ) async throws -> Measured {
    let before = try await meter.read()
    let count = try await work(.now + .seconds(seconds))
    let after = try await meter.read()
    precondition(count > 0, "a load did nothing")
    let each = 1 / Double(count)
    return Measured(
      count: count, seconds: (after.clock - before.clock) / .seconds(1),
      cpuMicrosecondsEach: after.cpuSeconds(since: before) * 1e6 * each,
      walBytesEach: Double(after.walBytes - before.walBytes) * each,
      diskBytesEach: Double(after.diskBytes - before.diskBytes) * each)
  }

  func postings(_ spread: Spread, batch: Int, lane: Int, of lanes: Int) -> [Posting] {
    (0..<batch).map { _ in
      let (debit, credit) = pair(spread, lane: lane, of: lanes)
      return Posting(
        id: .now(), kind: spread == .hotSystem ? .bonus : .transfer, debit: debit,
        credit: credit, currency: .coins, amount: Chips(rawValue: .random(in: 1...100)),
        reference: .init(type: "hand", id: "01890a5d-ac96-774b-bcce-b302099a8057"))
    }
  }

  private func pair(
    _ spread: Spread, lane: Int, of lanes: Int
  ) -> (SerialID<Wallet>, SerialID<Wallet>) {
    let share = players.count / lanes
    let own = spread == .disjoint ? (lane * share)..<((lane + 1) * share) : 0..<players.count
    let one = Int.random(in: own)
    let step = Int.random(in: 1..<own.count)
    let first = players[one]
    let other = players[own.lowerBound + (one - own.lowerBound + step) % own.count]
    return switch spread {
    case .shared, .disjoint: (first, other)
    case .hotPlayer:
      if first == players[0] { (first, other) } else { (first, players[0]) }
    case .hotSystem: (issue, first)
    }
  }
}
