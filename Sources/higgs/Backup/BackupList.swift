import ArgumentParser
import Backups
import FoundationEssentials

/// `higgs backup list`
struct BackupList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Show the backups of a folder, the newest first, and whether they are whole.")

  @Option(help: ArgumentHelp("The folder.", valueName: "dir"))
  var from: String

  @Flag(help: "Read every byte and compare its SHA-256 with the manifest's.")
  var verify = false

  @Flag(help: "Answer with one JSON object on standard output.")
  var json = false

  private struct Answer: Encodable {
    struct Backup: Encodable {
      var file: String
      var bytes: Int64
      var state: String
      var manifest: BackupManifest?
    }

    var backups: [Backup]
  }

  func run() async throws {
    try await BackupFailure.reported {
      let folder = try BackupFolder(from)
      let backups = try folder.backups().map { verify ? try verified($0, in: folder) : $0 }
      if json {
        Console.say(try Self.json(backups))
      } else {
        for backup in backups { Console.say(Self.line(backup)) }
        if backups.isEmpty { Console.say("there is no backup in \(from)") }
      }
      if verify, backups.contains(where: { $0.state != .good }) { throw ExitCode.failure }
    }
  }

  private func verified(
    _ backup: StoredBackup, in folder: BackupFolder
  ) throws -> StoredBackup {
    guard backup.state == .good, let manifest = backup.manifest else { return backup }
    var backup = backup
    let sum = try BackupFolder.sha256(of: "\(folder.path)/\(backup.name)")
    if sum != manifest.sha256 { backup.state = .contentDiffers }
    return backup
  }

  private static func line(_ backup: StoredBackup) -> String {
    let manifest = backup.manifest
    let known = manifest.map {
      "  \($0.takenAt)  schema \($0.schemaVersion)  \($0.rows["transactions"] ?? 0) transactions"
    }
    return
      "\(backup.name)  \(BackupText.size(backup.bytes))\(known ?? "")  \(backup.state.rawValue)"
  }

  private static func json(_ backups: [StoredBackup]) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let answer = Answer(
      backups: backups.map {
        Answer.Backup(
          file: $0.name, bytes: $0.bytes, state: $0.state.rawValue, manifest: $0.manifest)
      })
    return String(decoding: try encoder.encode(answer), as: UTF8.self)
  }
}
