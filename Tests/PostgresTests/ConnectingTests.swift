import Postgres
import TestSupport
import Testing

@Suite("Connecting", .timeLimit(.minutes(5)))
struct ConnectingTests {
  @Test("Connection strings are read by libpq, wrong ones refused")
  func connectionStrings() throws {
    let configuration = try PostgresConfiguration(
      connectionString: "postgres://me:secret@a,b:5433/db?sslmode=require&target_session_attrs=any"
    )
    #expect(configuration.options["user"] == "me")
    #expect(configuration.options["host"] == "a,b")
    #expect(configuration.options["sslmode"] == "require")
    #expect(throws: PostgresError.self) {
      try PostgresConfiguration(connectionString: "nonsense=1")
    }
  }

  @Test("A database that is not there is named with its code")
  func missingDatabase() async throws {
    let server = try testServer().with(database: "no_such_database")
    let error = try await postgresError { _ = try await PostgresConnection.connect(server) }
    #expect(error.sqlState == .invalidDatabaseName)
    #expect("\(error)".contains("no_such_database"))
    #expect(!"\(error)".contains("LOCATION"))
  }

  @Test("The next host is tried when one refuses, and when one does not answer")
  func severalHosts() async throws {
    var configuration = try testServer()
    let host = try #require(configuration.options["host"])
    let port = configuration.options["port"] ?? "5432"
    configuration.connectTimeoutMilliseconds = 2_000
    // Nobody listens on port 1; 192.0.2.1 is for documentation and answers nothing.
    configuration.options["host"] = "127.0.0.1,192.0.2.1,\(host)"
    configuration.options["port"] = "1,5432,\(port)"
    try await PostgresConnection.withConnection(configuration) { connection in
      #expect(await connection.isOpen)
    }
    configuration.options["host"] = "127.0.0.1,127.0.0.1"
    configuration.options["port"] = "1,2"
    let refused = configuration
    let error = try await postgresError { _ = try await PostgresConnection.connect(refused) }
    #expect("\(error)".contains("port 1 ") && "\(error)".contains("port 2 "))
    configuration.options["port"] = "1,2,3"
    let wrong = configuration
    let number = try await postgresError { _ = try await PostgresConnection.connect(wrong) }
    guard case .invalidConfiguration = number else { throw TestFailure("unexpected: \(number)") }
  }

  @Test("A server that only reads is refused where one is wanted that writes")
  func sessionAttributes() async throws {
    var configuration = try testServer()
    configuration.options["target_session_attrs"] = "standby"
    let standby = configuration
    let error = try await postgresError { _ = try await PostgresConnection.connect(standby) }
    guard case .connectionFailed = error else { throw TestFailure("unexpected: \(error)") }
    let host = try #require(configuration.options["host"])
    let port = configuration.options["port"] ?? "5432"
    configuration.options["target_session_attrs"] = "prefer-standby"
    configuration.options["host"] = "\(host),\(host)"
    configuration.options["port"] = port
    try await PostgresConnection.withConnection(configuration) { connection in
      #expect(await connection.isOpen)
    }
  }

  @Test("Connecting ends when its task is cancelled")
  func cancelled() async throws {
    var configuration = try testServer()
    configuration.options["hostaddr"] = "192.0.2.1"
    configuration.connectTimeoutMilliseconds = 600_000
    let unreachable = configuration
    let task = Task { try await PostgresConnection.connect(unreachable) }
    task.cancel()
    let error = try await postgresError { _ = try await task.value }
    // Where the network refuses such addresses at once, that may come first.
    switch error {
    case .cancelled, .connectionFailed: break
    default: throw TestFailure("unexpected: \(error)")
    }
  }

  @Test("The settings of the session are there from the first statement")
  func settings() async throws {
    var configuration = try testServer()
    configuration.settings = ["search_path": "\"a b\", \\c", "lock_timeout": "7s"]
    try await PostgresConnection.withConnection(configuration) { connection in
      let (path, timeout, encoding) = try await connection.query(
        """
        select current_setting('search_path'), current_setting('lock_timeout'),
          current_setting('client_encoding')
        """
      ).one().decode((String, String, String).self)
      #expect(path == "\"a b\", \\c")
      #expect(timeout == "7s")
      #expect(encoding == "UTF8")
      #expect(await connection.serverVersion >= 140_000)
    }
  }
}
