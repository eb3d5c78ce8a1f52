import FoundationEssentials
import Glibc
import Postgres
import Store

/// Reads what the server has used: WAL, disk, and CPU of all its processes.
struct Meter {
  struct Reading {
    var walBytes: Int64
    var diskBytes: Int64
    /// Of the postmaster and all its children, user and system.
    var cpuSeconds: Double
    var clock: ContinuousClock.Instant
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

  private func cpuSeconds() throws -> Double {
    var total = 0.0
    for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
      guard let process = Int(name), let stat = try? Self.stat(of: process) else { continue }
      if process == postmaster || stat.parent == postmaster { total += stat.cpuSeconds }
    }
    return total
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
