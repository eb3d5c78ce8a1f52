import Dispatch
import Foundation

/// Programs of PostgreSQL, run as a user that may run a server.
///
/// By posix_spawn rather than Foundation's `Process`: that notices the end of a program by a socket
/// that its children inherit, so that `pg_ctl start` would never end while the server runs.
enum Command {
  /// Where the server's programs are.
  static var folder: String {
    ProcessInfo.processInfo.environment["HIGGS_TEST_PG_BINDIR"] ?? "/usr/lib/postgresql/15/bin"
  }

  /// Runs a program to its end; throws with its output if it fails.
  static func run(_ program: String, _ arguments: [String]) async throws {
    let path = folder + "/" + program
    if geteuid() == 0 {
      try await launch(["/usr/sbin/runuser", "-u", "postgres", "--", path] + arguments)
    } else {
      try await launch([path] + arguments)
    }
  }

  /// Gives a folder to the user that runs the server.
  static func ownByServerUser(_ folder: String) async throws {
    if geteuid() == 0 { try await launch(["/bin/chown", "postgres", folder]) }
  }

  /// Starts a program that goes on, as a child of this process, so that its end can be awaited.
  static func start(_ program: String, _ arguments: [String], output: String) throws -> Child {
    let path = folder + "/" + program
    // Unlike runuser, setpriv becomes the program, so that the child's number is the program's.
    let user = ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    let command = (geteuid() == 0 ? user : []) + [path] + arguments
    return Child(process: try spawn(command, output: output))
  }

  /// Starts any program as a child of this process, its words in a file.
  static func spawnChild(_ command: [String], output: String) throws -> Child {
    Child(process: try spawn(command, output: output))
  }

  private static func launch(_ command: [String]) async throws {
    let output = FileManager.default.temporaryDirectory
      .appendingPathComponent("higgs-\(UUID().uuidString).log").path
    defer { unlink(output) }
    let status = await Child(process: try spawn(command, output: output)).status()
    guard status == 0 else {
      let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
      throw TestDatabaseError(description: "\(command) failed (\(status)): \(text)")
    }
  }

  private static func spawn(_ command: [String], output: String) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    // Away from a folder that the other user may not be allowed to see.
    let command = ["/usr/bin/env", "-C", "/"] + command
    var arguments = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process: pid_t = 0
    let error = posix_spawn(&process, command[0], &actions, nil, &arguments, environ)
    guard error == 0 else {
      throw TestDatabaseError(description: "\(command[0]): \(String(cString: strerror(error)))")
    }
    return process
  }
}

/// A program that was started here.
final class Child: Sendable {
  let process: pid_t
  private let end: Task<Int32, Never>

  fileprivate init(process: pid_t) {
    self.process = process
    end = Task {
      await withCheckedContinuation { continuation in
        DispatchQueue(label: "child").async {
          var status: Int32 = 0
          while waitpid(process, &status, 0) == -1, errno == EINTR {}
          continuation.resume(returning: status)
        }
      }
    }
  }

  /// Waits for its end; 0 if all went well.
  func status() async -> Int32 {
    await end.value
  }
}
