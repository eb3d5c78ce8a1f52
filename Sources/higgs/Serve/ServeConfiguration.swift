import API
import Foundation
import Logging
import Postgres
import Redis

/// What `higgs serve` reads from the environment.
struct ServeConfiguration: Sendable {
  var database: PostgresConfiguration
  var pool = PoolConfiguration()
  var databaseWaitSeconds: Int
  /// Nil for a node alone.
  var redis: RedisConfiguration?
  var keys: KeyRing
  var host: String
  var port: Int
  /// Where metrics are served; nil where that is among the other routes.
  var metrics: (host: String, port: Int)?
  var webRoot: URL?
  var openAPI: String
  var hasBots: Bool
  /// Whether the database's upkeep is this server's.
  var keepsDatabase: Bool
  var hasTournaments: Bool
  var hasSocial: Bool
  /// Nil while the server is not being maintained.
  var maintenance: Maintenance?
  /// Between two hands of a table; nil for the usual breaks.
  var handBreakMilliseconds: Int?
  var limits: APILimits
  var proxies: TrustedProxies
  var nodeName: String
  var logLevel: Logger.Level
  /// Whether every line is an object, those of standard output too.
  var logsJSON: Bool

  init(_ environment: Environment) throws(ConfigurationProblem) {
    let isProduction = try environment.choice(.environment) == "production"
    database = try Self.database(environment)
    pool.maximumConnections = try environment.number(.databasePool)
    databaseWaitSeconds = try environment.number(.databaseWaitSeconds)
    redis = try Self.redis(environment)
    keys = try Self.keys(environment)
    host = environment.text(.host) ?? "127.0.0.1"
    port = try environment.number(.port)
    webRoot = try Self.webRoot(environment)
    openAPI = Self.openAPI(environment)
    hasBots = try environment.flag(.hasBots)
    keepsDatabase = try environment.flag(.keepsDatabase)
    hasTournaments = try environment.flag(.hasTournaments)
    hasSocial = try environment.flag(.hasSocial)
    handBreakMilliseconds = try environment.optionalNumber(.handBreakMilliseconds)
    limits = APILimits().widened(Double(try environment.number(.limitsFactor)))
    proxies = TrustedProxies(count: try environment.number(.trustedProxies))
    nodeName = environment.text(.nodeName) ?? ProcessInfo.processInfo.hostName
    logLevel = Logger.Level(rawValue: try environment.choice(.logLevel)) ?? .info
    logsJSON = try environment.choice(.logFormat) == "json"
    let retrySeconds = try environment.number(.maintenanceRetrySeconds)
    if try environment.flag(.maintenance) {
      maintenance = Maintenance(retrySeconds: retrySeconds)
    }
    metrics = try metrics(environment, isProduction: isProduction)
    if isProduction { try demandStrongSecrets() }
  }

  /// In production metrics have a port of their own in any case.
  private func metrics(
    _ environment: Environment, isProduction: Bool
  ) throws(ConfigurationProblem) -> (host: String, port: Int)? {
    let usual = isProduction ? Self.metricsPortOfProduction : nil
    guard let port = try environment.optionalNumber(.metricsPort) ?? usual else { return nil }
    guard port == 0 || port != self.port else {
      throw ConfigurationProblem(
        "HIGGS_METRICS_PORT is \(port), and so is PORT; players must not reach the metrics. Choose "
          + "another one, such as \(Self.metricsPortOfProduction).")
    }
    return (environment.text(.metricsHost) ?? host, port)
  }

  private static let metricsPortOfProduction = 9_464

  private func demandStrongSecrets() throws(ConfigurationProblem) {
    try keys.demandStrong()
    try WeakSecrets.demandStrong(database)
    if let redis { try WeakSecrets.demandStrong(redis) }
  }

  private static func database(
    _ environment: Environment
  ) throws(ConfigurationProblem) -> PostgresConfiguration {
    guard let url = environment.text(.databaseURL) else {
      throw ConfigurationProblem(
        "DATABASE_URL is missing. Set it to the database, such as "
          + "postgres://higgs_app@127.0.0.1:5432/higgs_domino; `make run` brings its own.")
    }
    let statements = try environment.number(.databaseStatements)
    do throws(PostgresError) {
      var database = try PostgresConfiguration(connectionString: url)
      database.statementCacheCapacity = statements
      return database
    } catch {
      throw ConfigurationProblem("DATABASE_URL cannot be used: \(error)")
    }
  }

  /// Where Redis is; nil where none is used.
  static func redis(
    _ environment: Environment
  ) throws(ConfigurationProblem) -> RedisConfiguration? {
    let certificates = environment.text(.redisCertificates)
    guard let url = environment.text(.redisURL) else { return nil }
    do throws(RedisError) {
      var configuration = try RedisConfiguration(url: url)
      guard configuration.usesTLS || certificates == nil else {
        throw .invalidAddress("REDIS_CA_FILE is set, so it should be rediss://")
      }
      configuration.certificateFile = certificates
      if let path = environment.text(.redisPasswordFile) {
        configuration.password = try redisPassword(inFile: path, besides: configuration.password)
      }
      return configuration
    } catch {
      throw ConfigurationProblem("REDIS_URL cannot be used: \(error)")
    }
  }

  private static func redisPassword(
    inFile path: String, besides inAddress: String?
  ) throws(RedisError) -> String {
    guard inAddress == nil else {
      throw .invalidAddress("it has a password, and REDIS_PASSWORD_FILE another; leave one out")
    }
    let text = FileManager.default.contents(atPath: path).map {
      String(decoding: $0, as: UTF8.self)
    }
    guard let line = text?.split(whereSeparator: \.isNewline).first else {
      throw .invalidAddress("REDIS_PASSWORD_FILE: \(path) cannot be read, or is empty")
    }
    return String(line)
  }

  private static func keys(_ environment: Environment) throws(ConfigurationProblem) -> KeyRing {
    if let text = environment.text(.keys) { return try KeyRing(json: Data(text.utf8)) }
    guard let path = environment.text(.keyRingFile) else {
      throw ConfigurationProblem(
        "HIGGS_KEY_RING_FILE is missing. It names a file that only the server can read; make one: "
          + "umask 077; higgs keys make > key-ring.json")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ConfigurationProblem("HIGGS_KEY_RING_FILE: \(path) cannot be read")
    }
    return try KeyRing(json: data)
  }

  private static func webRoot(_ environment: Environment) throws(ConfigurationProblem) -> URL? {
    guard let path = environment.text(.webRoot) else {
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
    let given = environment.text(.openAPIFile).map { URL(fileURLWithPath: $0) }
    guard let file = given ?? Installation.find("docs/api/openapi.yaml") else { return "" }
    return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
  }
}
