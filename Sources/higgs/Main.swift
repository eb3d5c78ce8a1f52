import ArgumentParser
import Logging

/// Reads the command line, runs the command, and ends with its exit code.
@main
enum Main {
  static func main() async {
    LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
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

  /// Says what there is to say: help to standard output, errors to standard error.
  private static func end(with error: any Error) -> Never {
    let code = Higgs.exitCode(for: error)
    let message = Higgs.fullMessage(for: error)
    if !message.isEmpty {
      if code.isSuccess { print(message) } else { Console.complain(message) }
    }
    guard code == .validationFailure else { Higgs.exit(withError: code) }
    Higgs.exit(withError: Higgs.usageFailure(of: Array(CommandLine.arguments.dropFirst())))
  }
}
