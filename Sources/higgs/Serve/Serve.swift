import ArgumentParser
import Foundation
import Logging
import Metrics
import Telemetry

/// `higgs serve`
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve the game: HTTP, WebSockets, and the tables of this node.",
    discussion: """
      The environment says how: DATABASE_URL and HIGGS_KEY_RING_FILE are needed, all else has \
      defaults; `higgs configuration` prints every variable. SIGTERM and SIGINT end it in order.

      Exit codes: 0 ended in order; 64 the configuration is wrong; 69 the database cannot be reached \
      or is not up to date.
      """
  )

  /// What the program ends with.
  enum Exit {
    /// The configuration is wrong (EX_USAGE).
    static let configuration = ExitCode(64)
    /// The database cannot be reached or is not up to date (EX_UNAVAILABLE).
    static let database = ExitCode(69)
  }

  func run() async throws {
    endAtOnceUntilServing()
    let node: Node
    do {
      let logger = Logger(label: "configuration")
      for warning in Environment.process.warnings { logger.warning("\(warning)") }
      let configuration = try ServeConfiguration(.process)
      node = try await Node.build(configuration)
    } catch let problem as ConfigurationProblem {
      Console.complain("Error: \(problem)")
      throw Exit.configuration
    } catch let problem as DatabaseProblem {
      Console.complain("Error: \(problem)")
      throw Exit.database
    }
    try await node.run()
  }

  /// Until the node takes the signals over there is nothing to end in order. Process 1 of a container
  /// would ignore them otherwise, for as long as it waits for the database.
  private func endAtOnceUntilServing() {
    for number in [SIGTERM, SIGINT] { signal(number) { _exit(128 + $0) } }
  }
}
