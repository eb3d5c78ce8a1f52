/// PostgreSQL and Redis.
extension Variable {
  static let databaseURL = text(
    "DATABASE_URL", .database, like: "postgres://user:password@host:port/database",
    usualWords: "none; `higgs serve` needs it, other commands take libpq's own (PGHOST, …)",
    isSecret: true, example: "postgres://higgs_app@127.0.0.1:5432/higgs_domino",
    """
    Where PostgreSQL is, as a URI or key=value pairs of libpq; `sslmode=verify-full` and \
    `sslrootcert` go here. The server connects as `higgs_app`, `higgs migrate up` as the role that \
    installed the database. A password is safer in a file that libpq reads (`passfile`).
    """)
  static let databasePool = number(
    "DATABASE_POOL", .database, 1...500, usual: 20,
    "How many connections a node opens at most. All nodes together stay below max_connections.")
  static let databaseStatements = number(
    "DATABASE_STATEMENT_CACHE", .database, 0...10_000, usual: 256,
    """
    How many statements a connection keeps prepared. 0 behind a PgBouncer before 1.21 that pools \
    transactions: it does not keep the statements of its clients apart.
    """)
  static let databaseWaitSeconds = number(
    "DATABASE_WAIT_SECONDS", .database, 0...600, usual: 30,
    "How long the server waits at its start for a database that does not answer.")
  static let migrations = path(
    "HIGGS_MIGRATIONS", .database,
    usualWords: "`database/migrations` beside the program or above the working directory",
    "The folder of migrations, for `higgs migrate`.")

  static let databaseVariables = [
    databaseURL, databasePool, databaseStatements, databaseWaitSeconds, migrations,
  ]

  static let redisURL = text(
    "REDIS_URL", .redis, like: "redis://[user:password@]host[:port][/database], rediss:// for TLS",
    usualWords: "none: one node alone", isSecret: true, example: "redis://127.0.0.1:6379/0",
    """
    Redis 6.2 or newer (or Valkey), which carries who is online and the limits of sign-in between \
    nodes. One node needs none. When it dies the node goes on in its own memory, with a warning. \
    User and password are percent-encoded.
    """)
  static let redisCertificates = path(
    "REDIS_CA_FILE", .redis, usualWords: "the system's authorities",
    "Certificates (PEM) of the authorities to trust for rediss://. The certificate and its name "
      + "are always checked.")

  static let redisPasswordFile = path(
    "REDIS_PASSWORD_FILE", .redis, usualWords: "the password in `REDIS_URL`, if any",
    "A file whose first line is the password of Redis, so that it stands in no environment.")

  static let redisVariables = [redisURL, redisPasswordFile, redisCertificates]
}
