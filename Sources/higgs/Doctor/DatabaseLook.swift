import FoundationEssentials
import Postgres

/// Looks at the database through one connection, as the role of the server.
struct DatabaseLook {
  let options: DatabaseOptions
  let poolConnections: Int
  let timeoutSeconds: Int

  func findings() async -> [Finding] {
    var configuration: PostgresConfiguration
    do throws(PostgresError) {
      configuration = try options.configuration()
    } catch {
      return [
        .problem(
          "database", "address", "\(error)", why: "The server cannot start with it.",
          do: "set DATABASE_URL to postgres://higgs_app@HOST:5432/higgs_domino")
      ]
    }
    configuration.options["application_name"] = "higgs doctor"
    configuration.connectTimeoutMilliseconds = timeoutSeconds * 1_000
    configuration.statementTimeoutMilliseconds = timeoutSeconds * 1_000
    configuration.settings["default_transaction_read_only"] = "on"
    configuration.logger.logLevel = .critical
    do {
      return try await PostgresConnection.withConnection(configuration) { connection in
        await looks(connection)
      }
    } catch let error as PostgresError {
      return [Self.unreachable(error, configuration)]
    } catch { return [.failed("database", "reachable", "\(error)")] }
  }

  /// What does not need our tables, and then what does.
  private func looks(_ connection: PostgresConnection) async -> [Finding] {
    let patient = Patient(
      connection: connection, poolConnections: poolConnections, timeoutSeconds: timeoutSeconds)
    var findings: [Finding] = [.ok("database", "reachable", "yes")]
    let general: [any DatabaseCheck] = [
      VersionCheck(), RoleCheck(), SettingsCheck(), ConnectionsCheck(), ClockCheck(), DiskCheck(),
      ActivityCheck(), StatementsCheck(), IndexesCheck(),
    ]
    for check in general { findings += await check.safely(patient) }
    let schema = await SchemaCheck().safely(patient)
    findings += schema
    guard !schema.contains(where: { $0.severity == .problem }) else { return findings }
    let ours: [any DatabaseCheck] = [
      RightsCheck(), LedgerCheck(), MaintenanceCheck(), PartitionsCheck(), NodesCheck(),
    ]
    for check in ours { findings += await check.safely(patient) }
    return findings
  }

  private static func unreachable(
    _ error: PostgresError, _ configuration: PostgresConfiguration
  ) -> Finding {
    let options = configuration.options
    let place = ["host", "port", "dbname", "user"].compactMap { name in
      options[name].map { "\(name) \($0)" }
    }.joined(separator: ", ")
    let command =
      switch error.sqlState {
      case .invalidPassword, .invalidAuthorization:
        "the role and its password in DATABASE_URL against the server's; as a superuser: "
          + "\\password higgs_app"
      case .invalidDatabaseName: "createdb higgs_domino, then higgs migrate up"
      case .tooManyConnections: "fewer servers or smaller pools (DATABASE_POOL), or max_connections"
      default:
        "pg_isready -h \(options["host"] ?? "HOST") -p \(options["port"] ?? "5432"); start "
          + "PostgreSQL, open the port, correct DATABASE_URL"
      }
    return .problem(
      "database", "reachable", "\(place.isEmpty ? "libpq's defaults" : place): \(error)",
      why: "Nothing works without it.", do: command)
  }
}

/// Whom the checks look at.
struct Patient: Sendable {
  let connection: PostgresConnection
  let poolConnections: Int
  let timeoutSeconds: Int
}

/// One look at a database.
protocol DatabaseCheck: Sendable {
  /// What it is called where it fails.
  var name: String { get }
  var area: String { get }
  func findings(_ patient: Patient) async throws -> [Finding]
}

extension DatabaseCheck {
  var area: String { "database" }

  /// The findings; a look that fails is one of them.
  func safely(_ patient: Patient) async -> [Finding] {
    do {
      return try await findings(patient)
    } catch { return [.failed(area, name, "\(error)")] }
  }
}
