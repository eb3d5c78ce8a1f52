import Backups
import Foundation

/// Looks at the key ring of the environment, where there is one.
struct KeyRingLook {
  let environment: Environment

  func findings() -> [Finding] {
    let (area, name) = ("security", "key ring")
    let data: Data
    if let text = environment.text(.keys) {
      data = Data(text.utf8)
    } else if let path = environment.text(.keyRingFile) {
      guard let read = FileManager.default.contents(atPath: path) else {
        return [
          .problem(
            area, name, "\(path) cannot be read", why: "The server does not start without it.",
            do: "ls -l \(path); it belongs to the server's user, mode 600")
        ]
      }
      var status = stat()
      if stat(path, &status) == 0, status.st_mode & 0o007 != 0 {
        return [
          .problem(
            area, name, "everybody on the machine can read or write \(path)",
            why: "Whoever has it can sign in as anybody and see every deal before its time.",
            do: "chmod 600 \(path); then make a new current key")
        ]
      }
      data = read
    } else {
      return [.skipped(area, name, "HIGGS_KEY_RING_FILE and HIGGS_KEYS are not set here")]
    }
    do throws(ConfigurationProblem) {
      _ = try KeyRing(json: data)
      return [.ok(area, name, "can be used")]
    } catch {
      return [
        .problem(
          area, name, "\(error)", why: "The server does not start with it.",
          do: "umask 077; higgs keys make > key-ring.json")
      ]
    }
  }
}

/// Looks at the age of the backups in a folder.
struct BackupLook {
  private static let warningHours = 26.0
  private static let problemHours = 72.0
  let folder: String?

  func findings() -> [Finding] {
    let (area, name) = ("backup", "age")
    guard let folder else {
      return [.skipped(area, name, "no folder was given: --backups DIR")]
    }
    do {
      return try look(BackupFolder(folder), area, name)
    } catch {
      return [
        .problem(
          area, name, "\(error)", why: "Without a backup a lost disk is the end.",
          do: "higgs backup run --to \(folder) --keep 14")
      ]
    }
  }

  private func look(_ folder: BackupFolder, _ area: String, _ name: String) throws -> [Finding] {
    let backups = try folder.backups()
    let broken = backups.filter { $0.state != .good }
    let command = "higgs backup run --to \(folder.path) --keep 14; higgs backup schedule"
    guard let newest = backups.first(where: { $0.state == .good }),
      let taken = try? Date(newest.takenAt, strategy: .iso8601)
    else {
      return [
        .problem(
          area, name, "there is no good backup in \(folder.path)",
          why: "Without a backup a lost disk is the end.", do: command)
      ]
    }
    let hours = Date().timeIntervalSince(taken) / 3_600
    return [
      .graded(
        area, name, "\(newest.name), \(Int(hours)) hours old", warning: hours > Self.warningHours,
        problem: hours > Self.problemHours, why: "What happened since is lost with the disk.",
        do: command),
      .graded(
        area, "files",
        broken.isEmpty
          ? "all are whole"
          : broken.map { "\($0.name): \($0.state.rawValue)" }.joined(separator: "; "),
        warning: !broken.isEmpty, problem: false,
        why: "They count for nothing, and the disk that holds them may be failing.",
        do: "higgs backup list --from \(folder.path) --verify; then remove what is broken"),
    ]
  }
}
