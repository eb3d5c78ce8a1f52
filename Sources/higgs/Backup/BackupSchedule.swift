import ArgumentParser
import Backups
import Foundation

/// `higgs backup schedule`
struct BackupSchedule: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schedule",
    abstract: "Make a backup every night, until SIGTERM.",
    discussion: """
      A backup that fails is said on standard error and tried again, with pauses that grow from a \
      minute to half an hour, six times in all; then the next night is waited for. It ends with 0.
      """
  )

  @OptionGroup var options: TakingOptions

  @Option(help: ArgumentHelp("When, in UTC.", valueName: "HH:MM"))
  var at: String

  @Flag(help: "Make the first one now.")
  var now = false

  @Option(help: "The first pause before a failed backup is tried again; tests take less.")
  var retrySeconds = 60

  func validate() throws {
    guard Nightly.minuteOfDay(at) != nil else {
      throw ValidationError("--at is a time of day in UTC such as 03:30, and not '\(at)'.")
    }
    guard (1...3_600).contains(retrySeconds) else {
      throw ValidationError("--retry-seconds is from 1 to 3600.")
    }
  }

  func run() async throws {
    try await BackupFailure.reported {
      _ = try BackupFolder(options.to)
      let ending = Ending(Nights(command: self))
      do {
        try await ending.run()
      } catch  where ending.isAsked {
        Console.say("ended, as asked by a signal")
      }
    }
  }
}

/// One backup a night.
private struct Nights: CancellableWork {
  /// The time of day may be set meanwhile, so it is looked at so often.
  private static let lookSeconds: Int64 = 30

  let command: BackupSchedule

  func run() async throws {
    if command.now { try await night() }
    while true {
      let due = Nightly.next(after: Self.seconds, minuteOfDay: Nightly.minuteOfDay(command.at) ?? 0)
      Console.say("the next backup is due at \(Self.text(due))")
      while Self.seconds < due {
        try await Task.sleep(for: .seconds(min(Self.lookSeconds, due - Self.seconds)))
      }
      try await night()
    }
  }

  /// Tries until there is one, or the night is given up.
  private func night() async throws {
    var failures = 0
    while true {
      do {
        Console.say(BackupText.line(try await command.options.take()))
        return
      } catch let failure as BackupFailure {
        failures += 1
        Console.complain("Error: the backup failed, try \(failures): \(failure)")
      }
      guard
        let pause = Nightly.pauseSeconds(failures: failures, first: command.retrySeconds)
      else {
        return Console.complain("Error: there is no backup of this night. Look at it now.")
      }
      Console.complain("it is tried again in \(pause) s")
      try await Task.sleep(for: .seconds(pause))
    }
  }

  private static var seconds: Int64 { Int64(Date().timeIntervalSince1970) }

  private static func text(_ seconds: Int64) -> String {
    Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
  }
}
