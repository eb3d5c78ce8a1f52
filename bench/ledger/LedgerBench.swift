import ArgumentParser
import Postgres

/// `ledger-bench`: how fast the ledger and the journal are, through the client that the server
/// uses. `bench/ledger/run` starts a server for it and adds pgbench's TPC-B beside it.
@main
struct LedgerBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger-bench",
    abstract: "Measures posting, the journal and the history of a wallet.")

  @Option(help: "A migrated database of the server to measure.")
  var databaseURL: String

  @Option(help: "Seconds for each measurement.")
  var seconds = 6

  @Option(help: "Ledger sizes to measure again at, in millions of transactions.")
  var millions: [Int] = []

  @Flag(help: "Leave out the journal and all but the loads that are measured again.")
  var onlyLarge = false

  func run() async throws {
    let database = try PostgresConfiguration(connectionString: databaseURL)
    let bench = try await Bench(database, seconds: seconds)
    // Small and large are measured after the same rest, so that they can be compared.
    try await bench.rest()
    if onlyLarge {
      print("## At first\n")
      try await bench.again()
    } else {
      try await small(bench)
    }
    for size in millions {
      print("\n## At \(size) million transactions\n")
      try await bench.grow(to: size * 1_000_000)
      try await bench.again()
    }
    await bench.close()
  }

  private func small(_ bench: Bench) async throws {
    print("## Posting, one table for each load\n")
    try await bench.posting()
    print("\n## Journal\n")
    try await bench.journal()
    print("\n## History of a wallet\n")
    try await bench.history()
  }
}
