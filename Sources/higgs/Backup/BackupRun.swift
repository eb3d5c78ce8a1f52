import ArgumentParser
import Backups

/// `higgs backup run`
struct BackupRun: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Make a backup now, prove that it can be read, and remove those that are too old.",
    discussion: """
      The dump gets its name only once it is whole and on the disk. The last good backup is never \
      removed.
      """
  )

  @OptionGroup var options: TakingOptions

  @Flag(help: "Answer with the manifest as JSON on standard output.")
  var json = false

  func run() async throws {
    try await BackupFailure.reported {
      let taken = try await Ending(Taking(options: options)).run()
      if json {
        Console.say(try taken.manifest.jsonText)
      } else {
        Console.say(BackupText.line(taken))
      }
    }
  }
}

/// Making one backup.
private struct Taking: CancellableWork {
  let options: TakingOptions

  func run() async throws -> BackupTaker.Taken { try await options.take() }
}

/// Backups in words.
enum BackupText {
  static func line(_ taken: BackupTaker.Taken) -> String {
    let manifest = taken.manifest
    let head = manifest.ledgerHead.map { "ledger sealed to \($0.number)" } ?? "nothing sealed yet"
    let removed = taken.removed.isEmpty ? "" : ", removed \(taken.removed.joined(separator: ", "))"
    return "\(manifest.file): \(size(manifest.bytes)) in \(manifest.milliseconds) ms, schema "
      + "\(manifest.schemaVersion), \(manifest.rows["transactions"] ?? 0) transactions, \(head)"
      + removed
  }

  static func size(_ bytes: Int64) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB"]
    var (value, unit) = (Double(bytes), 0)
    while value >= 1_000, unit < units.count - 1 { (value, unit) = (value / 1_000, unit + 1) }
    return unit == 0 ? "\(bytes) bytes" : "\((value * 10).rounded() / 10) \(units[unit])"
  }
}
