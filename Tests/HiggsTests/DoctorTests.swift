import Foundation
import Postgres
import TestSupport
import Testing

@Suite("higgs doctor")
struct DoctorTests {
  struct Report: Decodable {
    struct Finding: Decodable {
      var area: String
      var name: String
      var severity: String
      var isLookedAt: Bool
      var found: String
      var why: String?
      var command: String?

      private enum CodingKeys: String, CodingKey {
        case area, name, severity, found, why, command
        case isLookedAt = "is_looked_at"
      }
    }

    var severity: String
    var findings: [Finding]

    subscript(name: String) -> Finding? { findings.first { $0.name == name } }
  }

  private func examine(
    _ database: PostgresConfiguration, _ arguments: [String] = [],
    environment: [String: String] = [:]
  ) async throws -> (report: Report, code: Int32) {
    let result = try await Program.run(
      Program.higgs, ["doctor", "--json"] + arguments,
      environment: ["DATABASE_URL": database.connectionString].merging(environment) { $1 })
    let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
    return (report, result.exitCode)
  }

  @Test("finds what a server for tests does without, and nothing else, as higgs_app")
  func asServer() async throws {
    try await withDatabase(template: .migrated) { database in
      let (report, code) = try await examine(database.configuration.with(role: "higgs_app"))
      #expect(code == 2)
      let problems = report.findings.filter { $0.severity == "problem" }.map(\.name)
      #expect(Set(problems).subtracting(["fsync", "full_page_writes"]) == [])
      #expect(problems.contains("fsync"))
      for finding in report.findings where finding.severity != "ok" && finding.isLookedAt {
        #expect(finding.why?.isEmpty == false && finding.command?.isEmpty == false)
      }
      for name in [
        "version", "role", "schema", "guarded tables", "functions", "clock", "partitions",
      ] {
        #expect(report[name]?.severity == "ok", "\(name): \(report[name]?.found ?? "missing")")
      }
      #expect(report["sealed"]?.found.hasPrefix("never") == true)
      #expect(report["long transactions"]?.isLookedAt == false)
    }
  }

  @Test("ends with 1 where there are only warnings")
  func warnings() async throws {
    try await PrivateServer.with(settings: ["fsync": "on"]) { server in
      let database = server.configuration.with(database: "higgs")
      try await PostgresConnection.withConnection(server.configuration) {
        try await $0.execute(script: "create database higgs")
      }
      try await Program.demand(
        Program.higgs, ["migrate", "up", "--migrations", MigratedDatabase.migrations.path],
        environment: ["DATABASE_URL": database.connectionString])
      let (report, code) = try await examine(database.with(role: "higgs_app"))
      #expect(report.findings.filter { $0.severity == "problem" }.map(\.found) == [])
      #expect(report["checksums"]?.severity == "warning")
      #expect(code == 1)
    }
  }

  @Test("sees more as a superuser, and that it is one")
  func superuser() async throws {
    try await withDatabase(template: .migrated) { database in
      let (report, _) = try await examine(database.configuration)
      #expect(report["role"]?.severity == "problem")
      #expect(report["long transactions"]?.isLookedAt == true)
      #expect(report["disk"]?.isLookedAt == true)
    }
  }

  @Test("finds a right that the server must not have, and a ledger that is wrong")
  func wrongRights() async throws {
    try await withDatabase(template: .migrated) { database in
      try await PostgresConnection.withConnection(database.configuration) { owner in
        try await owner.execute(
          script: """
            grant update on user_wallets to higgs_app;
            grant select on users to higgs_readonly;
            revoke execute on all functions in schema public from higgs_app;
            grant execute on function verify_ledger(bytea, boolean), maintenance_due() to higgs_app;
            select create_player('ayu');
            update user_wallets set balance = 5
            where id = get_user_wallet(user_id_of('ayu'), 'COINS');
            """)
      }
      let report = try await examine(database.configuration.with(role: "higgs_app")).report
      #expect(report["guarded tables"]?.found == "higgs_app has UPDATE on user_wallets")
      #expect(report["functions"]?.severity == "problem")
      #expect(report["read-only role"]?.severity == "problem")
      #expect(report["verification"]?.severity == "problem")
    }
  }

  @Test("finds a database without tables, one that is behind, and one that is not there")
  func schema() async throws {
    try await withDatabase(template: .empty) { database in
      let empty = try await examine(database.configuration).report
      #expect(empty["schema"]?.found == "there are no tables")
      #expect(empty["schema"]?.command?.contains("higgs migrate up") == true)
    }
    try await withDatabase(template: .migrated) { database in
      try await PostgresConnection.withConnection(database.configuration) {
        try await $0.execute(script: "delete from schema_migrations where version > 5")
      }
      let behind = try await examine(database.configuration.with(role: "higgs_app")).report
      #expect(behind["schema"]?.found.hasPrefix("at migration 5") == true)
    }
    let missing = try await examine(try testServer().with(database: "no_such_database")).report
    #expect(missing["reachable"]?.command?.contains("createdb") == true)
  }

  @Test("says how the database cannot be reached, and no password")
  func unreachable() async throws {
    let result = try await Program.run(
      Program.higgs, ["doctor", "--url", "http://127.0.0.1:1", "--timeout-seconds", "2"],
      environment: [
        "DATABASE_URL": "postgres://higgs_app:rahasia@127.0.0.1:1/higgs_domino",
        "REDIS_URL": "redis://:rahasia@127.0.0.1:1", "HIGGS_KEYS": "rahasia",
      ])
    #expect(result.exitCode == 2)
    #expect(!(result.output + result.errors).contains("rahasia"))
    for words in ["pg_isready", "problem  server reachable", "redis reachable", "key ring"] {
      #expect(result.output.contains(words), "\(words) in \(result.output)")
    }
  }

  @Test("sees who holds a lock that others wait for")
  func locks() async throws {
    try await withDatabase(template: .migrated) { database in
      let (holder, waiter) = (try await database.connect(), try await database.connect())
      try await holder.execute(script: "begin; lock table users")
      let pid = await holder.serverProcess
      async let waiting: Void = Self.read(waiter)
      try await PostgresConnection.withConnection(database.configuration) { connection in
        let isLong: SQL = """
          select count(*) > 0 from pg_locks
          where \(pid) = any (pg_blocking_pids(pid)) and waitstart < now() - interval '6 seconds'
          """
        while try await !connection.query(isLong).one().decode(Bool.self) {
          try await Task.sleep(for: .milliseconds(100))
        }
      }
      let report = try await examine(database.configuration).report
      #expect(report["lock waits"]?.severity == "warning")
      #expect(report["lock waits"]?.found.contains("held by pid \(pid)") == true)
      await holder.close()
      await waiting
      await waiter.close()
    }
  }

  private static func read(_ connection: PostgresConnection) async {
    _ = try? await connection.query("select count(*) from users")
  }

  @Test("looks at each month's own rights and triggers")
  func partitions() async throws {
    try await withDatabase(template: .migrated) { database in
      let good = try await examine(database.configuration.with(role: "higgs_app")).report
      #expect(good["guarded tables"]?.severity == "ok" && good["guards"]?.severity == "ok")
      try await PostgresConnection.withConnection(database.configuration) { owner in
        let month: String = try await owner.query(
          "select min(p.relid::regclass::text) from pg_partition_tree('transactions') as p where p.isleaf"
        ).one().decode(column: 0)
        try await owner.execute(
          script: """
            grant update on \(month) to higgs_app;
            alter table \(month) disable trigger refuse_change;
            """)
        let bad = try await examine(database.configuration.with(role: "higgs_app")).report
        #expect(bad["guarded tables"]?.found == "higgs_app has UPDATE on \(month)")
        #expect(bad["guards"]?.severity == "problem")
        #expect(bad["guards"]?.found == "off, or not always on: refuse_change of \(month)")
        let mends = "alter table \(month) enable always trigger refuse_change;"
        #expect(bad["guards"]?.command?.hasPrefix(mends) == true)
        try await owner.execute(script: "alter table \(month) enable trigger refuse_change;")
        let half = try await examine(database.configuration.with(role: "higgs_app")).report
        #expect(half["guards"]?.severity == "problem")
        try await owner.execute(
          script: "\(mends) alter table transactions detach partition \(month);")
        let detached = try await examine(database.configuration.with(role: "higgs_app")).report
        #expect(detached["guarded tables"]?.found == "higgs_app has UPDATE on \(month)")
        #expect(detached["guards"]?.severity == "ok")
      }
    }
  }

  @Test("signs in to Redis as the server does, and sees a wrong password")
  func redis() async throws {
    try await RedisServer.with(.init(password: "rahasia-besar")) { redis in
      try await withDatabase(template: .empty) { database in
        let right = try await examine(
          database.configuration, environment: ["REDIS_URL": redis.url()]
        ).report.findings.filter { $0.area == "redis" }
        #expect(right.map(\.name) == ["reachable", "memory"])
        #expect(right.first?.severity == "ok", "\(right)")
        let wrong = try await examine(
          database.configuration, environment: ["REDIS_URL": redis.url(password: "salah")]
        ).report.findings.filter { $0.area == "redis" }
        #expect(wrong.map(\.severity) == ["warning"])
        #expect(wrong.first?.found.contains("salah") == false)
      }
    }
  }

  @Test("looks at the backups' age, and at the key ring's file")
  func files() async throws {
    try await withDatabase(template: .migrated) { database in
      let folder = try TemporaryFolder()
      let ring = try folder.write("ring", "{}")
      chmod(ring, 0o644)
      let empty = folder.path("backups")
      try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: false)
      let options = ["--backups", empty]
      let environment = ["HIGGS_KEY_RING_FILE": ring, "HIGGS_KEYS": ""]
      let none = try await examine(database.configuration, options, environment: environment).report
      #expect(none["age"]?.severity == "problem")
      #expect(none["key ring"]?.found.contains("everybody on the machine") == true)
      let made = try await Program.run(
        Program.higgs, ["backup", "run", "--to", empty],
        environment: ["DATABASE_URL": database.configuration.connectionString])
      #expect(made.exitCode == 0, "\(made.errors)")
      let one = try await examine(database.configuration, options).report
      #expect(one["age"]?.severity == "ok", "\(one["age"]?.found ?? "")")
    }
  }

  @Test(
    "ends a wrong call with 64",
    arguments: [["--url", "x"], ["--pool", "0"], ["--timeout-seconds", "0"], ["--bad"]])
  func wrongCalls(arguments: [String]) async throws {
    let result = try await Program.run(Program.higgs, ["doctor"] + arguments)
    #expect(result.exitCode == 64)
    #expect(!result.errors.isEmpty && result.output.isEmpty)
  }
}
