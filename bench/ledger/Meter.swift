import FoundationEssentials
import Glibc
import Postgres
import Store

/// Reads what the server has used: WAL, disk, and CPU of all its processes.
struct Meter {
  struct Reading {
    var walBytes: Int64
    var diskBytes: Int64
    /// Of the postmaster and each of its children, user and system.
    var cpuSeconds: [Int: Double]
    var clock: ContinuousClock.Instant

    /// CPU used since then. A process that has ended in between, such as a worker of autovacuum,
    /// counts for nothing; the sum of all would fall by whatever it had used before.
    func cpuSeconds(since before: Reading) -> Double {
      cpuSeconds.reduce(0) { $0 + $1.value - (before.cpuSeconds[$1.key] ?? 0) }
    }
  }

  let owner: PostgresConnection
  let postmaster: Int

  init(_ owner: PostgresConnection) async throws {
    self.owner = owner
    let backend = Int(await owner.serverProcess)
    postmaster = try Self.stat(of: backend).parent
  }

  func read() async throws -> Reading {
    let (wal, disk) = try await owner.query(
      """
      select
        pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint,
        (select sum(pg_total_relation_size(relid))::bigint from pg_partition_tree('transactions'))
      """
    ).one().decode((Int64, Int64).self)
    return Reading(
      walBytes: wal, diskBytes: disk, cpuSeconds: try cpuSeconds(), clock: .now)
  }

  private func cpuSeconds() throws -> [Int: Double] {
    var used: [Int: Double] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
      guard let process = Int(name), let stat = try? Self.stat(of: process) else { continue }
      if process == postmaster || stat.parent == postmaster { used[process] = stat.cpuSeconds }
    }
    return used
  }

  /// Parent and CPU time of a process, by proc(5).
  private static func stat(of process: Int) throws -> (parent: Int, cpuSeconds: Double) {
    let text = String(
      decoding: try Data(contentsOf: URL(filePath: "/proc/\(process)/stat")), as: UTF8.self)
    let fields = text[text.lastIndex(of: ")")!...].split(separator: " ")
    let ticks = Double(fields[12])! + Double(fields[13])!
    return (Int(fields[2])!, ticks / Double(sysconf(Int32(_SC_CLK_TCK))))
  }
}
