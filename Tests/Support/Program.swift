import Foundation

/// What a program left behind.
package struct ProgramResult: Sendable {
  /// Its exit code, or the signal that ended it.
  package let exitCode: Int32
  /// What it wrote to standard output.
  package let output: String
  /// What it wrote to standard error.
  package let errors: String
}

/// Programs that are run to their end.
package enum Program {
  /// The built `higgs`, which lies beside the tests that were built with it.
  package static let higgs = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appendingPathComponent("higgs").path

  /// A client program of PostgreSQL, such as `pg_dump`.
  package static func postgres(_ name: String) -> String { Command.folder + "/" + name }

  /// Runs a program; `environment` goes over that of the tests.
  package static func run(
    _ path: String, _ arguments: [String], environment: [String: String] = [:]
  ) async throws -> ProgramResult {
    let folder = try TemporaryFolder()
    let (output, errors) = (try folder.makeFile("output"), try folder.makeFile("errors"))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    let status: Int32 = try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    return ProgramResult(
      exitCode: status, output: try String(contentsOf: output, encoding: .utf8),
      errors: try String(contentsOf: errors, encoding: .utf8))
  }

  /// The same, for a program that must succeed.
  @discardableResult
  package static func demand(
    _ path: String, _ arguments: [String], environment: [String: String] = [:]
  ) async throws -> String {
    let result = try await run(path, arguments, environment: environment)
    guard result.exitCode == 0 else {
      throw TestDatabaseError(
        description: "\(path) \(arguments) failed (\(result.exitCode)): \(result.errors)")
    }
    return result.output
  }
}

/// A folder that goes away with its last user.
package final class TemporaryFolder: Sendable {
  private let url: URL

  /// Makes it.
  package init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "higgs-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Where a file of that name is.
  package func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// Writes a file; where it is.
  package func write(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: url.appendingPathComponent(name))
    return path(name)
  }

  func makeFile(_ name: String) throws -> URL {
    _ = FileManager.default.createFile(atPath: path(name), contents: nil)
    return url.appendingPathComponent(name)
  }
}
