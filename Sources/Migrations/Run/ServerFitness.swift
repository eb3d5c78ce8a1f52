package import Postgres

/// What of the server and the database decides whether they can be migrated at all.
package struct ServerFitness: Equatable, Sendable {
  /// The oldest server that is supported.
  package static let oldestMajorVersion = 15

  /// The server's major version.
  package let majorVersion: Int
  /// Whether it is a standby, which takes no changes.
  package let isStandby: Bool
  /// The encoding of the database.
  package let encoding: String

  /// A server and a database.
  package init(majorVersion: Int, isStandby: Bool, encoding: String) {
    self.majorVersion = majorVersion
    self.isStandby = isStandby
    self.encoding = encoding
  }

  /// Throws the first reason why not.
  package func check() throws(MigrationError) {
    if majorVersion < Self.oldestMajorVersion {
      throw .serverTooOld(version: majorVersion, oldest: Self.oldestMajorVersion)
    }
    if isStandby { throw .serverIsStandby }
    if encoding != "UTF8" { throw .wrongEncoding(encoding) }
  }
}

extension MigrationSession {
  /// Reads what `ServerFitness` holds.
  package func fitness() async throws(PostgresError) -> ServerFitness {
    let row = try await query(
      """
      select
        current_setting('server_version_num')::integer / 10000,
        pg_is_in_recovery(),
        current_setting('server_encoding')
      """
    ).one()
    let values = try row.decode((Int, Bool, String).self)
    return ServerFitness(
      majorVersion: values.0, isStandby: values.1, encoding: values.2)
  }
}
