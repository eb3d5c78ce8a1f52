import Logging

/// What operators look at, and what keeps others out.
extension Variable {
  static let logLevel = choice(
    "LOG_LEVEL", .monitoring, Logger.Level.allCases.map(\.rawValue), usual: "info",
    "The least level that is logged, to standard error.")
  static let logFormat = choice(
    "LOG_FORMAT", .monitoring, ["json", "text"], usual: "json",
    "How `higgs serve` logs: a JSON object a line for machines, or text for people.")
  static let metricsPort = number(
    "HIGGS_METRICS_PORT", .monitoring, 0...65_535, usual: nil,
    usualWords: "none: `/metrics` is served on PORT; with HIGGS_ENV=production 9464",
    example: "9464",
    "The port of `/metrics`. Where it is set, metrics are served there and nowhere else.")
  static let metricsHost = text(
    "HIGGS_METRICS_HOST", .monitoring, like: "an address or a name of this machine",
    usualWords: "HOST", example: "0.0.0.0", "The address of HIGGS_METRICS_PORT.")

  static let monitoringVariables = [logLevel, logFormat, metricsPort, metricsHost]

  static let environment = choice(
    "HIGGS_ENV", .security, ["development", "production"], usual: "development",
    """
    In production weak keys and passwords are refused at the start, and metrics have a port of \
    their own.
    """)
  static let keyRingFile = path(
    "HIGGS_KEY_RING_FILE", .security,
    usualWords: "none; the server needs it or HIGGS_KEYS",
    example: "/run/secrets/higgs/key-ring.json",
    """
    The key ring as JSON, in a file that only the server can read: `higgs keys make` makes one. \
    Server seeds and access tokens depend on it; keep it as safe as the database, and apart from it.
    """)
  static let keys = text(
    "HIGGS_KEYS", .security,
    like: #"{"current": "1", "keys": {"1": "<64 hexadecimal digits>"}}"#, isSecret: true,
    "The key ring itself, where no file can be given; it goes before HIGGS_KEY_RING_FILE.")
  static let limitsFactor = number(
    "LIMITS_FACTOR", .security, 1...100_000, usual: 1,
    """
    Limits per address and per player are so many times as wide: for load tests, and for many \
    players behind one address.
    """)
  static let trustedProxies = number(
    "TRUSTED_PROXIES", .security, 0...10, usual: 0,
    """
    How many proxies of your own stand in front, each of which adds the address that it saw to \
    X-Forwarded-For. Too few, and all players share one address' limits; too many, and anybody can \
    choose an address.
    """)

  static let securityVariables = [environment, keyRingFile, keys, limitsFactor, trustedProxies]
}
