/// The table of contents of a dump.
struct DumpContents: Sendable {
  private let lines: [Substring]

  /// Reads it with `pg_restore`; what is no whole dump is refused.
  init(of file: String, programs: PostgresPrograms, major: Int) async throws {
    let program = try await programs.find("pg_restore", atLeast: major)
    let ended = try await Subprocess(
      path: program.path, arguments: ["--list", file],
      timeoutSeconds: BackupTaker.listTimeoutSeconds
    ).run()
    guard ended.status == 0, !ended.wasKilled else {
      throw BackupFailure(
        .notABackup,
        "\(file) is no whole dump: \(ended.errors.split(separator: "\n").first ?? "it is unreadable")"
      )
    }
    lines = ended.output.split(separator: "\n")
  }

  /// Whether rows of a table, or of a partition of it, are in it.
  func holdsData(of table: String) -> Bool {
    lines.contains { line in
      guard let range = line.range(of: " TABLE DATA public ") else { return false }
      let name = line[range.upperBound...].prefix { $0 != " " }
      return name == table || name.hasPrefix("\(table)_y")
    }
  }
}

extension Substring {
  /// Where some text is; nil where it is not.
  fileprivate func range(of needle: String) -> Range<Index>? {
    guard let range = utf8.firstRange(of: Array(needle.utf8)) else { return nil }
    return range
  }
}
