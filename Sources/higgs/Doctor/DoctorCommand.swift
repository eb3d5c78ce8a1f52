import ArgumentParser
import Client
import Foundation

/// `higgs doctor`
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract:
      "Look at the server, its database and all around them; say what is wrong and what to do.",
    discussion: """
      It only reads, and every look has a time limit. Give it the server's own environment, above \
      all DATABASE_URL: what it finds is what the server meets. Some things are seen by members of \
      pg_monitor only; where that is missing it is said. No password or key is ever printed.

      Exit codes: 0 all is in order; 1 warnings; 2 problems; 64 wrong command line.
      """
  )

  @OptionGroup var database: DatabaseOptions

  @Option(help: ArgumentHelp("A running server to look at, too.", valueName: "url"))
  var url: String?

  @Option(
    help: ArgumentHelp(
      "Authorities to trust for --url instead of the system's, in PEM.", valueName: "file"))
  var caFile: String?

  @Option(help: ArgumentHelp("A folder of 'higgs backup', to look at their age.", valueName: "dir"))
  var backups: String?

  @Option(help: "How many connections each server may hold; $DATABASE_POOL if not given.")
  var pool: Int?

  @Option(help: "How long one look may take.")
  var timeoutSeconds = 5

  @Flag(help: "Answer with one JSON object on standard output.")
  var json = false

  func validate() throws {
    guard (1...300).contains(timeoutSeconds) else {
      throw ValidationError("--timeout-seconds is from 1 to 300.")
    }
    if let pool, !(1...500).contains(pool) { throw ValidationError("--pool is from 1 to 500.") }
    _ = try address()
  }

  private func address() throws -> ServerAddress? {
    do throws(AddressProblem) {
      return try url.map { text throws(AddressProblem) in try ServerAddress(text) }
    } catch { throw ValidationError("\(error)") }
  }

  func run() async throws {
    let environment = Environment.process
    var findings: [Finding] = []
    if let address = try address() {
      findings += await ServerLook(
        address: address, certificates: caFile, timeoutSeconds: timeoutSeconds
      ).findings()
    }
    let usual = (try? environment.number(.databasePool)) ?? 20
    findings += await DatabaseLook(
      options: database, poolConnections: pool ?? usual, timeoutSeconds: timeoutSeconds
    ).findings()
    findings += await RedisLook(environment: environment, timeoutSeconds: timeoutSeconds)
      .findings()
    findings += KeyRingLook(environment: environment).findings()
    findings += BackupLook(folder: backups).findings()
    let report = DoctorReport(findings)
    Console.say(json ? try report.json : report.text)
    if report.exitCode != 0 { throw ExitCode(report.exitCode) }
  }
}
