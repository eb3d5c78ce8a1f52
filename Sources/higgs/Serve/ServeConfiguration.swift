import API
import Foundation
import Logging
import Postgres

/// What `higgs serve` reads from the environment.
struct ServeConfiguration: Sendable {
  var database: PostgresConfiguration
  var pool = PoolConfiguration()
  var databaseWaitSeconds: Int
  var keys: KeyRing
  var host: String
  var port: Int
  var webRoot: URL?
  var openAPI: String
  var hasBots: Bool
  /// Between two hands of a table; nil for the usual breaks.
  var handBreakMilliseconds: Int?
  var limits: APILimits
  var proxies: TrustedProxies
  var nodeName: String
  var logLevel: Logger.Level

  init(_ environment: Environment) throws(ConfigurationProblem) {
    database = try Self.database(environment)
    pool.maximumConnections = try environment.number("DATABASE_POOL", 1...500, else: 20)
    databaseWaitSeconds = try environment.number("DATABASE_WAIT_SECONDS", 0...600, else: 30)
    keys = try Self.keys(environment)
    host = environment.text("HOST") ?? "127.0.0.1"
    port = try environment.number("PORT", 0...65_535, else: 3_000)
    webRoot = try Self.webRoot(environment)
    openAPI = Self.openAPI(environment)
    hasBots = try environment.flag("FEATURES_BOTS", else: true)
    if environment.text("HAND_BREAK_MILLISECONDS") != nil {
      handBreakMilliseconds = try environment.number("HAND_BREAK_MILLISECONDS", 0...60_000, else: 0)
    }
    limits = APILimits().widened(
      Double(try environment.number("LIMITS_FACTOR", 1...100_000, else: 1)))
    proxies = TrustedProxies(count: try environment.number("TRUSTED_PROXIES", 0...10, else: 0))
    nodeName = environment.text("NODE_NAME") ?? ProcessInfo.processInfo.hostName
    logLevel = try Self.logLevel(environment)
  }

  private static func database(
    _ environment: Environment
  ) throws(ConfigurationProblem) -> PostgresConfiguration {
    guard let url = environment.text("DATABASE_URL") else {
      throw ConfigurationProblem(
        "DATABASE_URL is missing. Set it to the database, such as "
          + "postgres://higgs_app@127.0.0.1:5432/higgs_domino; `make run` brings its own.")
    }
    do throws(PostgresError) {
      return try PostgresConfiguration(connectionString: url)
    } catch {
      throw ConfigurationProblem("DATABASE_URL cannot be used: \(error)")
    }
  }

  private static func keys(_ environment: Environment) throws(ConfigurationProblem) -> KeyRing {
    if let text = environment.text("HIGGS_KEYS") { return try KeyRing(json: Data(text.utf8)) }
    guard let path = environment.text("HIGGS_KEY_RING_FILE") else {
      throw ConfigurationProblem(
        "HIGGS_KEY_RING_FILE is missing. It names a file that only the server can read: "
          + "{\"current\": \"1\", \"keys\": {\"1\": \"<64 hexadecimal digits>\"}}; "
          + "openssl rand -hex 32 makes the digits.")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ConfigurationProblem("HIGGS_KEY_RING_FILE: \(path) cannot be read")
    }
    return try KeyRing(json: data)
  }

  private static func webRoot(_ environment: Environment) throws(ConfigurationProblem) -> URL? {
    guard let path = environment.text("HIGGS_WEB_ROOT") else {
      return Installation.find("web/index.html")?.deletingLastPathComponent()
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
    else {
      throw ConfigurationProblem("HIGGS_WEB_ROOT: there is no folder \(path)")
    }
    return URL(fileURLWithPath: path, isDirectory: true)
  }

  private static func openAPI(_ environment: Environment) -> String {
    let given = environment.text("HIGGS_OPENAPI_FILE").map { URL(fileURLWithPath: $0) }
    guard let file = given ?? Installation.find("docs/api/openapi.yaml") else { return "" }
    return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
  }

  private static func logLevel(
    _ environment: Environment
  ) throws(ConfigurationProblem) -> Logger.Level {
    guard let text = environment.text("LOG_LEVEL") else { return .info }
    guard let level = Logger.Level(rawValue: text.lowercased()) else {
      let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
      throw ConfigurationProblem("LOG_LEVEL is \(text); it may be \(levels).")
    }
    return level
  }
}

/// The environment, read with names in the errors.
struct Environment: Sendable {
  let values: [String: String]

  /// A variable that is set and not empty.
  func text(_ name: String) -> String? {
    values[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  func number(
    _ name: String, _ range: ClosedRange<Int>, else usual: Int
  ) throws(ConfigurationProblem) -> Int {
    guard let text = text(name) else { return usual }
    guard let number = Int(text), range.contains(number) else {
      throw ConfigurationProblem(
        "\(name) is \(text); it must be a number from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }

  func flag(_ name: String, else usual: Bool) throws(ConfigurationProblem) -> Bool {
    guard let text = text(name) else { return usual }
    switch text.lowercased() {
    case "on", "true", "1", "yes": return true
    case "off", "false", "0", "no": return false
    default: throw ConfigurationProblem("\(name) is \(text); it must be on or off.")
    }
  }
}
