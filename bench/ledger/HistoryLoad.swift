import Core
import Postgres
import Store

extension Bench {
  static let lookups = 2000
  static let warmUpBatches = 50

  /// Latency of what a player looks at most: the balance, and the last 50 transactions.
  func history() async throws {
    print("| call | p50 µs | p99 µs |\n|---|---|---|")
    try await latency("get_user_balance") { wallet in
      _ = try await owner.query(
        """
        select get_user_balance(user_id, 'COINS')
        from user_wallets where id = \(wallet.rawValue)
        """)
    }
    try await latency("last 50 transactions of a wallet") { wallet in
      _ = try await owner.query(
        "select id, kind, signed_amount from get_wallet_history(\(wallet.rawValue), null, 50)")
    }
    let hot = players[0]
    try await latency("last 50 transactions of the hot wallet") { _ in
      _ = try await owner.query(
        "select id, kind, signed_amount from get_wallet_history(\(hot.rawValue), null, 50)")
    }
  }

  private func latency(
    _ name: String, _ call: (SerialID<Wallet>) async throws -> Void
  ) async throws {
    var taken: [Duration] = []
    for _ in 0..<Self.lookups {
      let wallet = players.randomElement()!
      let start = ContinuousClock.now
      try await call(wallet)
      taken.append(.now - start)
    }
    taken.sort()
    let microseconds = [taken[taken.count / 2], taken[taken.count * 99 / 100]].map {
      "\(Int(($0 / .microseconds(1)).rounded()))"
    }
    print("| \(name) | \(microseconds.joined(separator: " | ")) |")
  }

  /// Posts until the ledger has so many rows, in the way that is fastest.
  func grow(to target: Int) async throws {
    let have = try await owner.query(
      "select count(*) from transactions",
      .init(
        timeoutMilliseconds: 600_000)
    ).one().decode(Int64.self, column: 0)
    let missing = max(0, target - Int(have))
    let growers = 4
    let batch = 500
    try await withThrowingTaskGroup(of: Void.self) { group in
      for lane in 0..<growers {
        group.addTask {
          let ledger = Ledger(lanes[lane])
          for _ in 0..<(missing / growers / batch) {
            let results = try await ledger.post(
              postings(.disjoint, batch: batch, lane: lane, of: growers))
            precondition(results.allSatisfy { $0.outcome == .ok }, "a posting was refused")
          }
        }
      }
      try await group.waitForAll()
    }
    try await rest()
  }

  /// What comes before a measurement, at every size: the vacuum and the checkpoint of what was loaded,
  /// then the first write of each page after it, which goes to the WAL whole, by every connection,
  /// since each also maps the pages of the shared buffers that it meets for the first time.
  func rest() async throws {
    let patience = QueryOptions(timeoutMilliseconds: 1_200_000)
    _ = try await owner.query("vacuum analyze", patience)
    _ = try await owner.query("checkpoint", patience)
    for lane in lanes {
      let ledger = Ledger(lane)
      for _ in 0..<Self.warmUpBatches {
        _ = try await ledger.post(postings(.shared, batch: 500, lane: 0, of: 1))
      }
    }
  }

  /// The loads that matter once more, at a larger ledger, and the time of a full verification.
  func again() async throws {
    print(Self.postingHeader)
    for lanes in [1, 4, 8] { try await post(.shared, batch: 1, lanes: lanes) }
    for batch in [100, 500] {
      for lanes in [1, 4, 8] {
        try await post(.shared, batch: batch, lanes: lanes)
        try await post(.disjoint, batch: batch, lanes: lanes)
      }
    }
    print("")
    try await history()
    try await verification()
  }

  private func verification() async throws {
    let patience = QueryOptions(timeoutMilliseconds: 1_200_000)
    print("\n| maintenance | seconds |\n|---|---|")
    for (name, statement) in [
      ("roll up all", "select roll_up_ledger(100000000)" as SQL),
      ("seal all", "select seal_ledger(100000)"),
      ("verify_ledger(), full", "select count(*) from verify_ledger() where is_ok"),
      ("verify_ledger(recent_only)", "select count(*) from verify_ledger(null, true) where is_ok"),
    ] {
      let start = ContinuousClock.now
      _ = try await owner.query(statement, patience)
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      print("| \(name) | \((seconds * 10).rounded() / 10) |")
    }
  }
}
