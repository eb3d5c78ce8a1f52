import Foundation
import Postgres

/// Whether this version of PostgreSQL is one that we know.
struct VersionCheck: DatabaseCheck {
  let name = "version"
  private static let known = 15...18

  func findings(_ patient: Patient) async throws -> [Finding] {
    let number = await patient.connection.serverVersion
    let (major, text) = (number / 10_000, "PostgreSQL \(number / 10_000).\(number % 10_000)")
    if Self.known.contains(major) { return [.ok(area, name, text)] }
    if major < Self.known.lowerBound {
      return [
        .problem(
          area, name, text, why: "The schema needs 15 or newer, and older ones get no fixes.",
          do: "pg_upgrade to 15 … 18, or restore a backup there")
      ]
    }
    return [
      .warning(
        area, name, text, why: "This release was tested on 15 to 18.",
        do: "a newer release of higgs, or the tests on this version: make test")
    ]
  }
}

/// Whether we are who the server should be.
struct RoleCheck: DatabaseCheck {
  let name = "role"

  func findings(_ patient: Patient) async throws -> [Finding] {
    let (role, isSuperuser, mayBypass) = try await patient.connection.query(
      """
      select current_user::text, r.rolsuper, r.rolcreaterole or r.rolcreatedb or r.rolbypassrls
      from pg_roles as r where r.rolname = current_user
      """
    ).one().decode((String, Bool, Bool).self)
    let command = "DATABASE_URL with the role higgs_app for the server"
    if isSuperuser {
      return [
        .problem(
          area, name, "\(role) is a superuser",
          why: "The database's own rules hold for higgs_app; a superuser passes by them.",
          do: role == "higgs_app" ? "alter role higgs_app nosuperuser;" : command)
      ]
    }
    guard role == "higgs_app" else {
      return [
        .warning(
          area, name, "\(role), and not higgs_app",
          why: "The server's rights are those of higgs_app; what is seen here is another role's.",
          do: command)
      ]
    }
    if mayBypass {
      return [
        .problem(
          area, name, "higgs_app may make roles or databases, or pass by row security",
          why: "Whoever has the server's password has these rights, too.",
          do: "alter role higgs_app nocreaterole nocreatedb nobypassrls;")
      ]
    }
    return [.ok(area, name, "higgs_app, no superuser")]
  }
}

/// What keeps committed things committed.
struct SettingsCheck: DatabaseCheck {
  let name = "settings"

  func findings(_ patient: Patient) async throws -> [Finding] {
    let settings = Dictionary(
      uniqueKeysWithValues: try await patient.connection.query(
        """
        select name, setting from pg_settings
        where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums',
          'autovacuum', 'idle_in_transaction_session_timeout')
        """
      ).decode((String, String).self))
    let on = ["on", "remote_write", "remote_apply"]
    var findings = [
      demanded("fsync", settings, ["on"], why: Self.lost),
      demanded("full_page_writes", settings, ["on"], why: Self.torn),
      demanded("autovacuum", settings, ["on"], why: "Tables and transaction numbers run full."),
    ]
    let commit = settings["synchronous_commit"] ?? "?"
    findings.append(
      .graded(
        area, "synchronous_commit", commit, warning: commit == "local",
        problem: !(on + ["local"]).contains(commit),
        why: "Clients are told of moves and payments that a crash can still undo.",
        do: "alter role higgs_app set synchronous_commit = on;"))
    findings.append(
      .graded(
        area, "checksums", settings["data_checksums"] ?? "?",
        warning: settings["data_checksums"] != "on", problem: false,
        why: "A disk that changes bits goes unnoticed, and gets into the backups.",
        do: "stop PostgreSQL, pg_checksums --enable -D DATA_FOLDER, start it"))
    let idle = settings["idle_in_transaction_session_timeout"] ?? "0"
    findings.append(
      .graded(
        area, "idle transactions", idle == "0" ? "may stay for ever" : "are ended after \(idle) ms",
        warning: idle == "0", problem: false,
        why: "One that is forgotten keeps sealing, rollups and vacuum from going on.",
        do: "alter role higgs_app set idle_in_transaction_session_timeout = '5min';"))
    return findings
  }

  private static let lost = "After a crash of the machine committed payments are gone."
  private static let torn = "A crash of the machine can leave half-written pages."

  private func demanded(
    _ setting: String, _ settings: [String: String], _ wanted: [String], why: String
  ) -> Finding {
    let value = settings[setting] ?? "?"
    return .graded(
      area, setting, value, warning: false, problem: !wanted.contains(value), why: why,
      do: "alter system set \(setting) = on; and then, by itself: select pg_reload_conf();")
  }
}

/// Whether the pools fit into the server.
struct ConnectionsCheck: DatabaseCheck {
  let name = "connections"

  func findings(_ patient: Patient) async throws -> [Finding] {
    let (limit, used) = try await patient.connection.query(
      """
      select current_setting('max_connections')::int
          - current_setting('superuser_reserved_connections')::int
          - coalesce(current_setting('reserved_connections', true)::int, 0),
        (select count(*) from pg_stat_activity where backend_type = 'client backend')
      """
    ).one().decode((Int32, Int64).self)
    let pool = patient.poolConnections
    // A roll-out runs the old and the new server beside each other.
    return [
      .graded(
        area, "pool", "\(pool) connections a server, \(limit) allowed in all",
        warning: 2 * pool + 5 > limit, problem: pool + 3 > limit,
        why: "A server that gets no connection answers 503; a roll-out needs twice the pool.",
        do: "DATABASE_POOL=\(max(1, (Int(limit) - 5) / 2)), or alter system set max_connections"),
      .graded(
        area, "connections in use", "\(used) of \(limit)", warning: used * 10 > Int64(limit) * 8,
        problem: used * 100 > Int64(limit) * 95, why: "Soon nobody else can connect.",
        do: "select usename, application_name, count(*) from pg_stat_activity group by 1, 2;"),
    ]
  }
}

/// Whether the two machines agree on the time.
struct ClockCheck: DatabaseCheck {
  let name = "clock"
  let area = "machine"

  func findings(_ patient: Patient) async throws -> [Finding] {
    let before = Date().timeIntervalSince1970
    let there = try await patient.connection.query("select clock_timestamp()").one()
      .decode(Timestamp.self)
    let after = Date().timeIntervalSince1970
    let seconds = Double(there.microseconds) / 1e6
    // Within the round trip nobody can tell.
    let skew = seconds < before ? before - seconds : max(0, seconds - after)
    return [
      .graded(
        area, name, "the database's differs by \((skew * 1_000).rounded() / 1_000) s",
        warning: skew > 1, problem: skew > 60,
        why: "Ids carry the time: five minutes ahead of the database's they are refused.",
        do: "timedatectl, chronyc tracking: let both machines keep the time by NTP")
    ]
  }
}

/// Whether there is room.
struct DiskCheck: DatabaseCheck {
  let name = "disk"
  let area = "machine"

  func findings(_ patient: Patient) async throws -> [Finding] {
    let (size, folder) = try await patient.connection.query(
      """
      select pg_database_size(current_database()),
        (select setting from pg_settings where name = 'data_directory')
      """
    ).one().decode((Int64, String?).self)
    let database = Finding.ok(area, "database size", BackupText.size(size))
    guard let folder else {
      return [
        database,
        .skipped(area, name, "the data folder is not told to this role: grant pg_monitor to it"),
      ]
    }
    var status = statvfs()
    guard access("\(folder)/PG_VERSION", F_OK) == 0 || access(folder, F_OK) == 0,
      statvfs(folder, &status) == 0, status.f_blocks > 0
    else { return [database, .skipped(area, name, "\(folder) is not on this machine")] }
    let free = Int64(status.f_bavail) * Int64(status.f_frsize)
    let percent = Int(100 * Double(status.f_bavail) / Double(status.f_blocks))
    return [
      database,
      .graded(
        area, name, "\(BackupText.size(free)) free, \(percent) %", warning: percent < 20,
        problem: percent < 10 || free < 1 << 30,
        why: "PostgreSQL stops where it cannot write, and the game with it.",
        do: "df -h \(folder); make room or a larger volume; look at pg_replication_slots, too"),
    ]
  }
}
