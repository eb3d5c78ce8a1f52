import Foundation

/// Programs of PostgreSQL, run as a user that may run a server.
enum Command {
  /// Where the server's programs are.
  static var folder: String {
    ProcessInfo.processInfo.environment["HIGGS_TEST_PG_BINDIR"] ?? "/usr/lib/postgresql/15/bin"
  }

  /// Runs a program to its end; throws with its output if it fails.
  static func run(_ program: String, _ arguments: [String]) async throws {
    let command = [folder + "/" + program] + arguments
    let asUser = isRoot ? ["/usr/sbin/runuser", "-u", "postgres", "--"] : []
    try await launch("/bin/bash", ["-c", closingDescriptors, "bash"] + asUser + command)
  }

  /// A server that stays must not inherit the descriptor by which `Process` learns that its child
  /// has ended: it would wait for the server's end, too.
  private static let closingDescriptors = #"""
    for open in /proc/self/fd/*; do
      number=${open##*/}
      if [ "$number" -gt 2 ]; then eval "exec $number>&-"; fi
    done 2>/dev/null
    exec "$@"
    """#

  /// Gives a folder to the user that runs the server.
  static func ownByServerUser(_ folder: String) async throws {
    if isRoot { try await launch("/bin/chown", ["postgres", folder]) }
  }

  private static var isRoot: Bool { geteuid() == 0 }

  private static func launch(_ path: String, _ arguments: [String]) async throws {
    let output = FileManager.default.temporaryDirectory
      .appendingPathComponent("higgs-\(UUID().uuidString).log")
    _ = FileManager.default.createFile(atPath: output.path, contents: nil)
    defer { try? FileManager.default.removeItem(at: output) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: "/")
    process.standardInput = FileHandle.nullDevice
    let handle = try FileHandle(forWritingTo: output)
    process.standardOutput = handle
    process.standardError = handle
    let status: Int32 = try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    guard status == 0 else {
      let text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
      throw TestDatabaseError(description: "\(path) \(arguments) failed (\(status)): \(text)")
    }
  }
}
