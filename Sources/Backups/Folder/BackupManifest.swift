import FoundationEssentials

/// What lies beside a dump and says what is in it.
package struct BackupManifest: Codable, Sendable, Hashable {
  /// The newest seal of the ledger.
  package struct Head: Codable, Sendable, Hashable {
    /// Its number.
    package var number: Int64
    /// Position of its last row.
    package var lastPosition: Int64
    /// Id of its last row.
    package var lastID: String
    /// 64 hexadecimal digits.
    package var hash: String
  }

  /// The form of the manifest.
  package var format = 1
  /// The dump's name, without a folder.
  package var file: String
  /// The database's name.
  package var database: String
  /// The moment of the snapshot, as `2026-11-28T02:00:00Z`.
  package var takenAt: String
  /// The server's major version.
  package var serverMajor: Int
  /// The version of the `pg_dump` that wrote it.
  package var dumpVersion: String
  /// The newest migration.
  package var schemaVersion: Int32
  /// The newest seal then; nil before the first.
  package var ledgerHead: Head?
  /// Rows of the most important tables.
  package var rows: [String: Int64]
  /// The dump's size.
  package var bytes: Int64
  /// SHA-256 of the dump.
  package var sha256: String
  /// How long it took.
  package var milliseconds: Int

  /// One JSON object with snake_case keys, and a line end.
  var json: Data {
    get throws {
      let encoder = JSONEncoder()
      encoder.keyEncodingStrategy = .convertToSnakeCase
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return try encoder.encode(self) + Data("\n".utf8)
    }
  }

  /// The same without the line end.
  package var jsonText: String {
    get throws { String(decoding: try json.dropLast(), as: UTF8.self) }
  }

  /// Reads what `json` writes; nil for anything else.
  init?(json: Data) {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let manifest = try? decoder.decode(BackupManifest.self, from: json),
      manifest.format == 1
    else { return nil }
    self = manifest
  }

  init(
    file: String, facts: BackupFacts, dumpVersion: String, bytes: Int64, sha256: String,
    milliseconds: Int
  ) {
    self.file = file
    database = facts.database
    takenAt = facts.takenAt
    serverMajor = facts.serverMajor
    self.dumpVersion = dumpVersion
    schemaVersion = facts.schemaVersion
    ledgerHead = facts.ledgerHead
    rows = facts.rows
    self.bytes = bytes
    self.sha256 = sha256
    self.milliseconds = milliseconds
  }

  private enum CodingKeys: String, CodingKey {
    case format, file, database, takenAt, serverMajor, dumpVersion, schemaVersion, ledgerHead
    case rows, bytes, sha256, milliseconds
  }
}

extension BackupManifest.Head {
  private enum CodingKeys: String, CodingKey {
    case number, lastPosition, hash
    case lastID = "lastId"
  }
}
