import Foundation
import Postgres

/// Where `pg_dump` and `pg_restore` are, and how they are told about a database.
package struct PostgresPrograms: Sendable {
  private static let versionTimeoutSeconds = 20
  /// PostgreSQL's newest major version that is looked for.
  private static let majorMax = 18

  /// The only folder that is looked at; nil for the usual ones.
  package var folder: String?

  /// Programs in a folder, or in the usual places.
  package init(folder: String? = nil) {
    self.folder = folder
  }

  /// A program that can work with a server, or with a dump, of this major version.
  func find(_ name: String, atLeast major: Int) async throws -> (path: String, version: String) {
    var tooOld: String?
    for path in candidates(name, major) where FileManager.default.isExecutableFile(atPath: path) {
      guard let version = try await version(of: path) else { continue }
      if version.major >= major { return (path, version.text) }
      tooOld = "\(path) is of version \(version.text)"
    }
    throw BackupFailure(
      .failed,
      tooOld.map {
        "\($0), and PostgreSQL \(major) needs \(name) \(major) or newer. \(Self.advice(major))"
      }
        ?? "\(name) was not found in \(folder ?? "PATH or /usr/lib/postgresql"). \(Self.advice(major))"
    )
  }

  private static func advice(_ major: Int) -> String {
    "Install it (Debian: postgresql-client-\(major)), or name its folder with --postgres-programs."
  }

  private func candidates(_ name: String, _ major: Int) -> [String] {
    if let folder { return ["\(folder)/\(name)"] }
    // The server's own version first: a dump that is made with it can be restored with it.
    let majors = major <= Self.majorMax ? Array(major...Self.majorMax) : [major]
    let search = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return majors.map { "/usr/lib/postgresql/\($0)/bin/\(name)" }
      + search.split(separator: ":").map { "\($0)/\(name)" }
  }

  private func version(of path: String) async throws -> (major: Int, text: String)? {
    let call = Subprocess(
      path: path, arguments: ["--version"], timeoutSeconds: Self.versionTimeoutSeconds)
    guard let ended = try? await call.run(), ended.status == 0, !ended.wasKilled,
      let text = ended.output.split(whereSeparator: \.isWhitespace).first(where: {
        $0.first?.isNumber == true
      }),
      let major = Int(text.prefix { $0.isNumber })
    else { return nil }
    return (major, String(text))
  }

  /// What names the database on a command line, which everybody can read, and what goes into the
  /// environment instead.
  static func target(
    _ database: PostgresConfiguration
  ) throws -> (arguments: [String], environment: [String: String]) {
    var options = database.options
    guard options["sslpassword"] == nil else {
      throw BackupFailure(
        .failed, "sslpassword cannot be handed on in secret; use a key that needs none.")
    }
    let password = options.removeValue(forKey: "password")
    let text = options.sorted { $0.key < $1.key }.map { key, value in
      let escaped = value.replacingOccurrences(of: "\\", with: "\\\\")
        .replacingOccurrences(of: "'", with: "\\'")
      return "\(key)='\(escaped)'"
    }.joined(separator: " ")
    return (
      options.isEmpty ? [] : ["--dbname=\(text)"], password.map { ["PGPASSWORD": $0] } ?? [:]
    )
  }
}
