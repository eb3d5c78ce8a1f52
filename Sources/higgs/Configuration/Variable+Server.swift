/// The server itself.
extension Variable {
  static let host = text(
    "HOST", .server, like: "an address or a name of this machine", usual: "127.0.0.1",
    "The address to listen on; 0.0.0.0 for all. Other nodes find this one by it.")
  static let port = number(
    "PORT", .server, 0...65_535, usual: 3_000,
    "The port of HTTP and WebSockets; 0 takes a free one.")
  static let nodeName = text(
    "NODE_NAME", .server, like: "a name", usualWords: "the machine's name",
    "What the node is called in the database; two nodes that run at once have two names.")
  static let webRoot = path(
    "HIGGS_WEB_ROOT", .server,
    usualWords: "`web` beside the program or above the working directory, if it is there",
    "The folder of the page that is served at /.")
  static let openAPIFile = path(
    "HIGGS_OPENAPI_FILE", .server,
    usualWords: "`docs/api/openapi.yaml` beside the program or above the working directory",
    "The file that is served at /openapi.yaml and, as a page, at /docs.")
  static let hasBots = flag(
    "FEATURES_BOTS", .server, usual: true, "Whether bots sit down at tables that lack players.")
  static let keepsDatabase = flag(
    "HIGGS_UPKEEP", .server, usual: true,
    """
    Whether this server keeps the database: runs the tasks of `maintenance_due()` each minute and \
    checks the ledger every ten. Off where something else does, such as cron.
    """)
  static let hasTournaments = flag(
    "FEATURES_TOURNAMENTS", .server, usual: false,
    "Whether clients offer tournaments: `features` of /v1/config. This release serves none yet.")
  static let hasSocial = flag(
    "FEATURES_SOCIAL", .server, usual: false,
    """
    Whether clients offer friends, chats and clubs: `features` of /v1/config. This release serves \
    none yet.
    """)
  static let maintenance = flag(
    "HIGGS_MAINTENANCE", .server, usual: false,
    """
    Turns players away kindly: signing in and taking a seat are answered by 503 `maintenance`, hands \
    that run are finished, no new ones begin, health stays as it is.
    """)
  static let maintenanceRetrySeconds = number(
    "HIGGS_MAINTENANCE_RETRY_SECONDS", .server, 1...86_400, usual: 300,
    "The Retry-After of maintenance.")
  static let handBreakMilliseconds = number(
    "HAND_BREAK_MILLISECONDS", .server, 0...60_000, usual: nil,
    usualWords: "3 s before a table's first hand, 6 s after a hand",
    "The pause between two hands, for tests and shows.")

  static let serverVariables = [
    host, port, nodeName, webRoot, openAPIFile, hasBots, keepsDatabase, hasTournaments, hasSocial,
    maintenance,
    maintenanceRetrySeconds, handBreakMilliseconds,
  ]
}
