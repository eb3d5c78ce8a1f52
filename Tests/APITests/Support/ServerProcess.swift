import Foundation
import Postgres
import Synchronization
import TestSupport

/// The built `higgs serve`, on a free port.
final class ServerProcess: Sendable {
  private let process: Process
  private let folder: TemporaryFolder
  private let said = Mutex("")

  /// Starts it on a database as `higgs_app`; `environment` goes over what it needs.
  init(_ database: TestDatabase, _ environment: [String: String] = [:]) throws {
    folder = try TemporaryFolder()
    process = Process()
    let log = folder.path("log")
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: Program.higgs)
    process.arguments = ["serve"]
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    process.environment = [
      "DATABASE_URL": database.configuration.with(role: "higgs_app").connectionString,
      "HIGGS_KEYS": #"{"current": "1", "keys": {"1": "\#(Self.key)"}}"#, "PORT": "0",
      "LIMITS_FACTOR": "100", "LOG_FORMAT": "json",
    ].merging(environment) { $1 }
    output.fileHandleForReading.readabilityHandler = { [weak self] handle in
      let text = String(decoding: handle.availableData, as: UTF8.self)
      self?.said.withLock { $0 += text }
    }
    try process.run()
  }

  private static let key = "9f3c1ab27d54e8066b91d0f7c23e4a85517e0db4a6c8f2391e4d7b60953fac18"

  /// What it has written to standard output.
  var output: [Substring] { said.withLock { $0 }.split(separator: "\n") }

  /// What it has logged.
  var log: String { (try? String(contentsOfFile: folder.path("log"), encoding: .utf8)) ?? "" }

  /// The port that follows these words of its output; waits until they are said.
  func port(after words: String) async throws -> Int {
    while true {
      if let line = output.first(where: { $0.contains(words) }),
        let digits = line.split(separator: ":").last?.prefix(while: \.isNumber)
      {
        return Int(digits) ?? 0
      }
      guard process.isRunning else { throw Ended(log: log) }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  struct Ended: Error { let log: String }

  /// How often a text is in the log.
  func count(_ text: String) -> Int { log.components(separatedBy: text).count - 1 }

  /// Waits until a text is in the log so many times.
  func wait(for text: String, times: Int) async throws {
    while count(text) < times {
      guard process.isRunning else { throw Ended(log: log) }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// Ends it by SIGTERM; its exit code.
  func stop() async -> Int32 {
    process.terminate()
    while process.isRunning { try? await Task.sleep(for: .milliseconds(20)) }
    return process.terminationStatus
  }
}
