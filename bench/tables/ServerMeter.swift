import FoundationEssentials
import Glibc
import Postgres

/// Reads what the server and its database have done and used.
struct ServerMeter {
  struct Reading {
    var moves: Int64
    var serverSeconds: Double
    var databaseSeconds: Double
    var clock: ContinuousClock.Instant
  }

  private let connection: PostgresConnection
  private let serverProcess: Int
  private let postmaster: Int

  init(databaseURL: String, serverProcess: Int) async throws {
    connection = try await PostgresConnection.connect(
      PostgresConfiguration(connectionString: databaseURL))
    self.serverProcess = serverProcess
    postmaster = try Self.stat(of: Int(await connection.serverProcess)).parent
  }

  func read() async throws -> Reading {
    let moves = try await connection.query("select count(*) from game_moves").one()
      .decode(Int64.self, column: 0)
    return Reading(
      moves: moves, serverSeconds: try Self.stat(of: serverProcess).cpuSeconds,
      databaseSeconds: try databaseSeconds(), clock: .now)
  }

  /// What a process holds in memory.
  static func residentBytes(of process: Int) throws -> Int {
    let fields = try text("/proc/\(process)/statm").split(separator: " ")
    return Int(fields[1])! * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  private func databaseSeconds() throws -> Double {
    var total = 0.0
    for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
      guard let process = Int(name), let stat = try? Self.stat(of: process) else { continue }
      if process == postmaster || stat.parent == postmaster { total += stat.cpuSeconds }
    }
    return total
  }

  private static func text(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
  }

  /// Parent and CPU time of a process, by proc(5).
  private static func stat(of process: Int) throws -> (parent: Int, cpuSeconds: Double) {
    let text = try text("/proc/\(process)/stat")
    let fields = text[text.lastIndex(of: ")")!...].split(separator: " ")
    let ticks = Double(fields[12])! + Double(fields[13])!
    return (Int(fields[2])!, ticks / Double(sysconf(Int32(_SC_CLK_TCK))))
  }
}

/// What was done between two readings.
struct Measured {
  let movesPerSecond: Double
  let movesPerServerSecond: Double
  let movesPerDatabaseSecond: Double

  init(_ first: ServerMeter.Reading, _ last: ServerMeter.Reading) {
    let moves = Double(last.moves - first.moves)
    movesPerSecond = moves / ((last.clock - first.clock) / .seconds(1))
    movesPerServerSecond = moves / max(0.01, last.serverSeconds - first.serverSeconds)
    movesPerDatabaseSecond = moves / max(0.01, last.databaseSeconds - first.databaseSeconds)
  }
}
