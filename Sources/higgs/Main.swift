import ArgumentParser
import Foundation
import Logging
import Telemetry

/// Reads the command line, runs the command, and ends with its exit code.
@main
enum Main {
  static func main() async {
    startLogging()
    do {
      var command = try Higgs.parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      end(with: error)
    }
  }

  /// `higgs serve` writes JSON for machines; people get text, always from the other commands.
  private static func startLogging() {
    // A wrong word is refused by the command that reads it.
    let environment = Environment.process
    let level = (try? environment.choice(.logLevel)).flatMap { Logger.Level(rawValue: $0) }
    let isText =
      CommandLine.arguments.dropFirst().first != "serve"
      || (try? environment.choice(.logFormat)) == "text"
    LoggingSystem.bootstrap { label in
      if !isText { return JSONLogHandler(label: label, level: level ?? .info) }
      var handler = StreamLogHandler.standardError(label: label)
      handler.logLevel = level ?? .info
      return handler
    }
  }

  /// Says what there is to say: help to standard output, errors to standard error.
  private static func end(with error: any Error) -> Never {
    let code = Higgs.exitCode(for: error)
    let message = Higgs.fullMessage(for: error)
    if !message.isEmpty {
      if code.isSuccess { print(message) } else { Console.complain(message) }
    }
    // A command that names its own exit code gets it; a wrong command line ends with ours.
    guard code == .validationFailure, !(error is ExitCode) else { Higgs.exit(withError: code) }
    Higgs.exit(withError: Higgs.usageFailure(of: Array(CommandLine.arguments.dropFirst())))
  }
}
