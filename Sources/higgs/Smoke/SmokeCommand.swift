import ArgumentParser
import Client
import NIOPosix
import Smoke

/// `higgs smoke`
struct SmokeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "smoke",
    abstract: "Play a whole hand on a running server through its public interface.",
    discussion: """
      A new guest signs in, sits down with bots at the cheapest table, plays one hand over the \
      WebSocket, stands up, and holds the wallet, the history and the deal against what it was \
      told. A connection that is lost, and a server that is started again, are resumed. Nothing \
      stays seated.

        higgs smoke http://127.0.0.1:3000
        higgs smoke https://play.example --timeout-seconds 300 --private-table --json

      Exit codes: 0 the server plays; 1 it does not: the step, what was expected, what came and \
      where to look are told; 64 wrong command line; 69 nobody answers there.
      """
  )

  /// EX_UNAVAILABLE.
  private static let unavailable = ExitCode(69)

  @Argument(help: ArgumentHelp("The server's address, http or https.", valueName: "url"))
  var url: String

  @Option(help: "How long all of it may take; a hand takes half a minute.")
  var timeoutSeconds = 120

  @Option(help: "How long to wait at first for a server that cannot be reached yet.")
  var waitSeconds = 0

  @Option(
    help: ArgumentHelp(
      "Authorities to trust instead of the system's, in PEM.", valueName: "file"))
  var caFile: String?

  @Option(help: "How long to think before each move; tests kill the server meanwhile.")
  var pauseBeforeMoveMilliseconds = 0

  @Flag(help: "Play at a private table with bots: nobody who plays there is met.")
  var privateTable = false

  @Flag(help: "Answer with one JSON object on standard output.")
  var json = false

  func validate() throws {
    guard (5...800).contains(timeoutSeconds) else {
      throw ValidationError("--timeout-seconds is from 5 to 800: a sign-in holds 15 minutes.")
    }
    guard (0...600).contains(waitSeconds) else {
      throw ValidationError("--wait-seconds is from 0 to 600.")
    }
    guard (0...30_000).contains(pauseBeforeMoveMilliseconds) else {
      throw ValidationError(
        "--pause-before-move-milliseconds is from 0 to 30000: then the seat's time is up.")
    }
    _ = try address()
  }

  private func address() throws -> ServerAddress {
    do throws(AddressProblem) {
      return try ServerAddress(url)
    } catch { throw ValidationError("\(error)") }
  }

  func run() async throws {
    let options = SmokeOptions(
      address: try address(), certificates: caFile, timeoutSeconds: timeoutSeconds,
      waitSeconds: waitSeconds, pauseBeforeMoveMilliseconds: pauseBeforeMoveMilliseconds,
      isPrivate: privateTable)
    let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    var run: SmokeRun
    do {
      run = try SmokeRun(options, on: loops.next()) { if !json { Console.say($0.line) } }
    } catch let failure as ClientFailure {
      Console.complain("Error: \(failure). Check --ca-file.")
      throw ExitCode(64)
    }
    let report = await run.run()
    try? await loops.shutdownGracefully()
    if json { Console.say(try report.json) }
    if report.isOk {
      if !json { Console.say(report.conclusion) }
      return
    }
    Console.complain(report.conclusion)
    throw run.kind == .unreachable ? Self.unavailable : .failure
  }
}
