import Dispatch
import Foundation
import Synchronization

/// A program of somebody else's, run to its end.
struct Subprocess: Sendable {
  var path: String
  var arguments: [String]
  /// Goes over the environment of this program.
  var environment: [String: String] = [:]
  var timeoutSeconds: Int

  struct Ended: Sendable {
    /// Its exit code; the number of the signal that ended it.
    var status: Int32
    var wasKilled: Bool
    var output: String
    var errors: String
    var isTooLate: Bool
  }

  /// Runs it. Where the task is cancelled, or the time is up, it is ended.
  func run() async throws -> Ended {
    let running = try Running(self)
    return try await withTaskCancellationHandler {
      let ended = await running.end()
      try Task.checkCancellation()
      return ended
    } onCancel: {
      running.stop()
    }
  }

  private final class Running: Sendable {
    private struct State {
      var continuation: CheckedContinuation<Ended, Never>?
      var ended: Ended?
      var isTooLate = false
    }

    private let process: UncheckedProcess
    private let output: Tail
    private let errors: Tail
    private let state = Mutex(State())

    init(_ call: Subprocess) throws {
      let process = Process()
      let (outputPipe, errorPipe) = (Pipe(), Pipe())
      process.executableURL = URL(fileURLWithPath: call.path)
      process.arguments = call.arguments
      process.environment = ProcessInfo.processInfo.environment.merging(call.environment) { $1 }
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = outputPipe
      process.standardError = errorPipe
      self.process = UncheckedProcess(process: process)
      output = Tail(outputPipe.fileHandleForReading, keptBytes)
      errors = Tail(errorPipe.fileHandleForReading, keptBytes)
      process.terminationHandler = { [weak self] _ in self?.noteEnd() }
      try Self.withSignals { try process.run() }
      DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(call.timeoutSeconds)) {
        [weak self] in
        self?.tooLate()
      }
    }

    /// Threads of Swift's pool block signals, and a program that is started on one would inherit
    /// that and could not be ended by SIGTERM.
    private static func withSignals(_ body: () throws -> Void) rethrows {
      var (none, before) = (sigset_t(), sigset_t())
      sigemptyset(&none)
      pthread_sigmask(SIG_SETMASK, &none, &before)
      defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
      try body()
    }

    func end() async -> Ended {
      await withCheckedContinuation { continuation in
        let ended = state.withLock { state -> Ended? in
          if state.ended == nil { state.continuation = continuation }
          return state.ended
        }
        if let ended { continuation.resume(returning: ended) }
      }
    }

    private func noteEnd() {
      let ended = Ended(
        status: process.process.terminationStatus,
        wasKilled: process.process.terminationReason == .uncaughtSignal,
        output: output.text(), errors: errors.text(),
        isTooLate: state.withLock { $0.isTooLate })
      let continuation = state.withLock { state in
        state.ended = ended
        return state.continuation.take()
      }
      continuation?.resume(returning: ended)
    }

    private func tooLate() {
      state.withLock { $0.isTooLate = $0.ended == nil }
      stop()
    }

    func stop() {
      guard process.process.isRunning else { return }
      process.process.terminate()
      let process = process
      DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(graceSeconds)) {
        if process.process.isRunning { kill(process.process.processIdentifier, SIGKILL) }
      }
    }
  }
}

/// `Process` is used from its handler and from those that end it, each call being safe by itself.
private struct UncheckedProcess: @unchecked Sendable { let process: Process }

/// The last bytes of what comes out of a pipe, read by a thread of its own so that nobody waits.
private final class Tail: Sendable {
  private let bytes = Mutex<[UInt8]>([])
  private let isDone = DispatchGroup()

  init(_ handle: FileHandle, _ limit: Int) {
    isDone.enter()
    let descriptor = handle.fileDescriptor
    Thread.detachNewThread { [self] in
      var buffer = [UInt8](repeating: 0, count: 16 << 10)
      while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        bytes.withLock { $0 = Array(($0 + buffer[..<count]).suffix(limit)) }
      }
      withExtendedLifetime(handle) {}
      isDone.leave()
    }
  }

  /// All of it, once the program has closed its end; a child of it that lives on is not waited for.
  func text() -> String {
    _ = isDone.wait(timeout: .now() + .seconds(1))
    return String(decoding: bytes.withLock { $0 }, as: UTF8.self)
  }
}

/// Of what a program writes so many bytes are kept, the last ones.
private let keptBytes = 4 << 20
/// After SIGTERM it has so long to end.
private let graceSeconds = 10
