import Postgres
import Redis

/// What production does not start with: secrets that somebody could know.
enum WeakSecrets {
  /// Shorter passwords can be tried out.
  static let passwordCharactersMin = 12
  /// Of 32 random bytes fewer than so many different ones do not come by chance.
  private static let differentBytesMin = 20

  private static let commonPasswords: Set<String> = [
    "postgres", "postgresql", "password", "password1234", "passwordpassword", "changeme",
    "changemechangeme", "change-me-please", "secret", "secretsecret", "admin", "administrator",
    "root", "redis", "higgs", "higgs_app", "higgs-domino", "higgs_domino", "domino",
    "domino-sample",
    "123456789012", "1234567890123456", "qwertyuiopas", "letmeinletmein",
  ]

  /// Why a password is weak; nil where it is not known to be.
  static func problem(password: String?, names: [String?]) -> String? {
    guard let password else { return nil }
    if commonPasswords.contains(password.lowercased()) { return "is a common default" }
    if names.compactMap({ $0?.lowercased() }).contains(password.lowercased()) {
      return "is the name of the user or of the database"
    }
    return password.count < passwordCharactersMin
      ? "has fewer than \(passwordCharactersMin) characters" : nil
  }

  /// Throws where the database's password is weak.
  static func demandStrong(_ database: PostgresConfiguration) throws(ConfigurationProblem) {
    let options = database.options
    let problem = problem(
      password: options["password"], names: [options["user"], options["dbname"]])
    if let problem { throw refusal("the password in DATABASE_URL \(problem)") }
  }

  /// Throws where Redis' password is weak.
  static func demandStrong(_ redis: RedisConfiguration) throws(ConfigurationProblem) {
    if let problem = problem(password: redis.password, names: [redis.user]) {
      throw refusal("the password in REDIS_URL \(problem)")
    }
  }

  /// Whether a key was surely not drawn by chance.
  static func isWeak(key: [UInt8]) -> Bool {
    let steps = Set(zip(key, key.dropFirst()).map { $1 &- $0 })
    return Set(key).count < differentBytesMin || steps.count < differentBytesMin / 2
  }

  private static func refusal(_ text: String) -> ConfigurationProblem {
    ConfigurationProblem(
      "HIGGS_ENV is production, and \(text). Choose another one: openssl rand -hex 24")
  }
}
