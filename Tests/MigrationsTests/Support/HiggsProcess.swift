import Foundation

/// A run of the built program.
final class HiggsProcess: Sendable {
  private let process = Process()
  private let folder: URL
  private let output: URL
  private let errors: URL
  private let ending: Task<Int32, Never>

  /// Starts `higgs` with these arguments on a database, with these files.
  init(
    _ arguments: [String],
    on target: TestTarget,
    files: [(name: String, sql: String)] = Fixture.files,
    environment: [String: String] = [:]
  ) throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("higgs-\(UUID().uuidString)")
    let migrations = folder.appendingPathComponent("migrations")
    try FileManager.default.createDirectory(at: migrations, withIntermediateDirectories: true)
    for file in files {
      try Data(file.sql.utf8).write(to: migrations.appendingPathComponent(file.name))
    }
    output = folder.appendingPathComponent("output")
    errors = folder.appendingPathComponent("errors")
    for file in [output, errors] {
      _ = FileManager.default.createFile(atPath: file.path, contents: nil)
    }
    process.executableURL = Self.program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = environment.merging(
      ["DATABASE_URL": target.connectionString, "HIGGS_MIGRATIONS": migrations.path]
    ) { given, _ in given }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    let (ends, end) = AsyncStream.makeStream(of: Int32.self)
    process.terminationHandler = { process in
      end.yield(process.terminationStatus)
      end.finish()
    }
    ending = Task {
      for await status in ends { return status }
      return -1
    }
    try process.run()
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// The program lies beside the tests that were built with it.
  private static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appendingPathComponent("higgs")

  /// The exit code (or the signal that ended it).
  var exitCode: Int32 { get async { await ending.value } }
  /// Where standard output is kept.
  var outputPath: String { output.path }
  /// What it has written to standard output.
  var outputText: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }
  /// What it has written to standard error.
  var errorText: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

  /// Ends it as `kill -9` does.
  func kill() {
    Foundation.kill(process.processIdentifier, SIGKILL)
  }

  /// The same for standard output.
  func waitForOutput(_ text: String) async throws {
    while !outputText.contains(text) { try await Task.sleep(for: .milliseconds(20)) }
  }

  /// Waits until standard error holds this text; the test's time limit ends it otherwise.
  func waitForError(_ text: String) async throws {
    while !errorText.contains(text) { try await Task.sleep(for: .milliseconds(20)) }
  }
}

extension TestTarget {
  /// The database as a `key=value` connection string.
  var connectionString: String {
    configuration.options.map { key, value in
      let escaped = value.replacingOccurrences(of: "\\", with: "\\\\")
        .replacingOccurrences(of: "'", with: "\\'")
      return "\(key)='\(escaped)'"
    }.joined(separator: " ")
  }
}
