import Foundation
import TestSupport
import Testing

@Suite("higgs backup schedule")
struct NightTests {
  @Test("tries again after a failure, waits for the night, and ends on SIGTERM with 0")
  func night() async throws {
    try await Workshop.with { shop in
      let failed = shop.folder.path("failed")
      let programs = try shop.programs([
        "pg_dump": """
        [ "$1" = --version ] || [ -e \(failed) ] || { touch \(failed); echo 'no luck' >&2; exit 1; }
        exec \(Program.postgres("pg_dump")) "$@"
        """
      ])
      let run = try Night(shop, programs)
      try await run.wait(for: "the next backup is due at")
      #expect(run.errors.contains("try 1: pg_dump ended with status 1"))
      #expect(run.errors.contains("tried again in 1 s"))
      #expect(try shop.names().count == 2)
      #expect(await run.end() == 0)
    }
  }

  @Test("ended in the middle of a dump it leaves nothing half done")
  func inTheMiddle() async throws {
    try await Workshop.with { shop in
      let begun = shop.folder.path("begun")
      let programs = try shop.programs([
        "pg_dump": """
        [ "$1" = --version ] && exec \(Program.postgres("pg_dump")) "$@"
        touch \(begun)
        exec sleep 60
        """
      ])
      let run = try Night(shop, programs)
      while access(begun, F_OK) != 0 { try await Task.sleep(for: .milliseconds(20)) }
      #expect(await run.end() == 0)
      #expect(try shop.names() == [])
    }
  }
}

/// A scheduled run that makes its first backup at once.
private final class Night: Sendable {
  private let process = Process()
  private let folder: TemporaryFolder
  private let ending: AsyncStream<Int32>

  init(_ shop: Workshop, _ programs: String) throws {
    folder = try TemporaryFolder()
    let (output, errors) = (try folder.write("output", ""), try folder.write("errors", ""))
    process.executableURL = URL(fileURLWithPath: Program.higgs)
    process.arguments = [
      "backup", "schedule", "--to", shop.path, "--keep", "2", "--at", "00:00", "--now",
      "--retry-seconds", "1", "--postgres-programs", programs,
    ]
    process.environment = ProcessInfo.processInfo.environment.merging([
      "DATABASE_URL": shop.database.connectionString
    ]) { $1 }
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
    let (stream, end) = AsyncStream.makeStream(of: Int32.self)
    ending = stream
    process.terminationHandler = { process in
      end.yield(process.terminationStatus)
      end.finish()
    }
    try process.run()
  }

  var errors: String { (try? String(contentsOfFile: folder.path("errors"), encoding: .utf8)) ?? "" }

  /// Waits until it has said so; the test's time limit ends it otherwise.
  func wait(for words: String) async throws {
    let path = folder.path("output")
    while try !String(contentsOfFile: path, encoding: .utf8).contains(words) {
      try #require(process.isRunning, "\(errors)")
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// Asks it to end; its exit code.
  func end() async -> Int32 {
    kill(process.processIdentifier, SIGTERM)
    for await status in ending { return status }
    return -1
  }
}
