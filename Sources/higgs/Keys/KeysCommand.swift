import ArgumentParser
import Foundation

/// `higgs keys`: the server's key ring.
struct KeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "Make a key ring for the server, or check one.",
    subcommands: [Make.self, Check.self])

  /// `higgs keys make`
  struct Make: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print a new key ring.",
      discussion: """
        Keep it in a file that only the server can read: umask 077; higgs keys make > FILE
        """)

    func run() throws { Console.say(KeyRing.fresh()) }
  }

  /// `higgs keys check`
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check a key ring, as the server in production does.",
      discussion: """
        Exit codes: 0 it is good; 1 it is not, and the reason is told; 2 wrong command line.
        """
    )

    @Argument(help: "The file; - for standard input.")
    var file: String

    func run() throws {
      do throws(ConfigurationProblem) {
        let ring = try KeyRing(json: try contents())
        try ring.demandStrong()
        let keys = ring.names.count == 1 ? "1 key" : "\(ring.names.count) keys"
        Console.say("the key ring is good: \(keys), the current one is \(ring.current)")
      } catch {
        Console.complain("Error: \(error)")
        throw ExitCode(1)
      }
    }

    private func contents() throws(ConfigurationProblem) -> Data {
      if file == "-" { return FileHandle.standardInput.readDataToEndOfFile() }
      guard let data = FileManager.default.contents(atPath: file) else {
        throw ConfigurationProblem("\(file) cannot be read")
      }
      return data
    }
  }
}
