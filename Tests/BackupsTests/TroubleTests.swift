import Foundation
import Postgres
import TestSupport
import Testing

@Suite("higgs backup, when something is wrong,")
struct TroubleTests {
  @Test("a role that may read everything can dump, and needs no more")
  func backupRole() async throws {
    try await Workshop.with { shop in
      let role = "higgs_backup_\(UInt32.random(in: 0...UInt32.max))"
      let name = shop.database.options["dbname"] ?? ""
      try await PostgresConnection.withConnection(shop.database) { owner in
        try await owner.execute(
          script: """
            create role \(role) login;
            grant pg_read_all_data to \(role);
            grant connect on database "\(name)" to \(role);
            """)
      }
      let run = ["run", "--to", shop.path, "--keep", "3"]
      let reader = try await shop.backup(
        run, on: shop.database.with(role: role), programs: Command.postgresFolder)
      #expect(reader.exitCode == 0, "\(reader.errors)")
      let server = try await shop.backup(
        run, on: shop.database.with(role: "higgs_app"), programs: Command.postgresFolder)
      #expect(server.exitCode == 1)
      #expect(server.errors.contains("grant pg_read_all_data"), "\(server.errors)")
      #expect(try shop.names().count == 2)
      try await PostgresConnection.withConnection(shop.database) { owner in
        try await owner.execute(
          script: "revoke connect on database \"\(name)\" from \(role); drop role \(role);")
      }
    }
  }

  @Test("a password goes into the environment of pg_dump, and onto no command line")
  func password() async throws {
    try await Workshop.with { shop in
      let seen = shop.folder.path("seen")
      let programs = try shop.programs([
        "pg_dump": """
        [ "$1" = --version ] || { echo "$@" > \(seen); echo "$PGPASSWORD" >> \(seen); }
        exec \(Program.postgres("pg_dump")) "$@"
        """
      ])
      var database = shop.database
      database.options["password"] = "rahasia"
      let result = try await shop.backup(
        ["run", "--to", shop.path, "--keep", "1"], on: database, programs: programs)
      #expect(result.exitCode == 0, "\(result.errors)")
      let lines = try String(contentsOfFile: seen, encoding: .utf8).split(separator: "\n")
      try #require(lines.count == 2)
      #expect(lines[0].contains("--snapshot=") && !lines[0].contains("rahasia"))
      #expect(lines[1] == "rahasia")
      #expect(!(result.output + result.errors).contains("rahasia"))
    }
  }

  private static let failures: [(String, Int32, String)] = [
    ("echo 'pg_dump (PostgreSQL) 13.1'", 1, "needs pg_dump"),
    (fails("could not write to output file: No space left on device"), 73, "is full"),
    (fails("permission denied for table users"), 1, "pg_read_all_data"),
    (fails("something else"), 1, "something else"),
    // It says that all went well, and wrote nothing.
    ("[ \"$1\" = --version ] && echo 'pg_dump (PostgreSQL) 18.1'; exit 0", 65, "no whole dump"),
  ]

  private static func fails(_ words: String) -> String {
    """
    [ "$1" = --version ] && { echo 'pg_dump (PostgreSQL) 18.1'; exit 0; }
    echo 'pg_dump: error: \(words)' >&2
    exit 1
    """
  }

  @Test("a dump that fails is said and leaves nothing", arguments: failures)
  func dumpFails(script: String, code: Int32, says: String) async throws {
    try await Workshop.with { shop in
      let result = try await shop.backup(
        ["run", "--to", shop.path, "--keep", "1"],
        programs: try shop.programs(["pg_dump": script]))
      #expect(result.exitCode == code, "\(result.errors)")
      #expect(result.errors.contains(says), "\(result.errors)")
      #expect(try shop.names() == [])
    }
  }

  @Test("a dump that takes too long is ended")
  func tooLong() async throws {
    try await Workshop.with { shop in
      // A shell that was sent SIGTERM says so; one that SIGKILL ends cannot.
      let note = shop.folder.path("terminated")
      let programs = try shop.programs([
        "pg_dump": """
        [ "$1" = --version ] && { echo 'pg_dump (PostgreSQL) 18.1'; exit; }
        trap 'touch "\(note)"; kill $!; exit 143' TERM
        sleep 60 &
        wait
        """
      ])
      let result = try await shop.backup(
        ["run", "--to", shop.path, "--keep", "1", "--timeout", "1s"], programs: programs)
      #expect(result.exitCode == 1)
      #expect(result.errors.contains("longer than 1 s"), "\(result.errors)")
      #expect(FileManager.default.fileExists(atPath: note))
      #expect(try shop.names() == [])
    }
  }

  @Test("two do not run at once in one folder")
  func locked() async throws {
    try await Workshop.with { shop in
      let lock = open("\(shop.path)/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      defer { close(lock) }
      #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
      let result = try await shop.backup(
        ["run", "--to", shop.path, "--keep", "1"], programs: Command.postgresFolder)
      #expect(result.exitCode == 75)
      #expect(result.errors.contains("just now"))
    }
  }

  @Test("what a killed run left behind is removed by the next one")
  func leftBehind() async throws {
    try await Workshop.with { shop in
      _ = FileManager.default.createFile(
        atPath: "\(shop.path)/.higgs-x-1.dump.partial", contents: Data("x".utf8))
      let file = try await shop.make()
      #expect(try shop.names().count == 2)
      // The manifest gets its name first: without a dump it belongs to nothing.
      unlink(file)
      _ = try await shop.make()
      #expect(try shop.names().count == 2)
    }
  }

  private static let wrong: [([String], Int32, String)] = [
    (["run", "--to", "/tmp", "--keep", "0"], 64, "--keep"),
    (["run", "--keep", "1"], 64, "--to"),
    (["run", "--to", "/nowhere"], 66, "mkdir"),
    (["list", "--from", "/nowhere"], 66, "no folder"),
    (["restore", "/nowhere.dump"], 66, "no file"),
    (["schedule", "--to", "/tmp", "--at", "25:00"], 64, "--at"),
    (["schedule", "--to", "/nowhere", "--at", "03:00"], 66, "mkdir"),
  ]

  @Test("ends a wrong call with the code that it promises and a text", arguments: wrong)
  func wrongCalls(arguments: [String], code: Int32, says: String) async throws {
    let result = try await Program.run(
      Program.higgs, ["backup"] + arguments,
      environment: ["DATABASE_URL": "host=127.0.0.1 port=1 connect_timeout=2"])
    #expect(result.exitCode == code, "\(result.output)\(result.errors)")
    #expect(result.errors.contains(says), "\(result.errors)")
  }

  @Test("says that the database cannot be reached")
  func unreachable() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path("backups")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    let result = try await Program.run(
      Program.higgs, ["backup", "run", "--to", path],
      environment: ["DATABASE_URL": "host=127.0.0.1 port=1 password=rahasia"])
    #expect(result.exitCode == 69)
    #expect(result.errors.contains("DATABASE_URL"))
    #expect(!result.errors.contains("rahasia"))
  }
}
