import CPostgres
import Dispatch

// PQconnectStart looks up names, which blocks: here that blocks the connection's own queue, never
// Swift's pool. PQconnectPoll never blocks; between its steps the socket is waited for.

extension PostgresConnection {
  /// Goes through the hosts until one takes us.
  func open() async throws(PostgresError) {
    var reasons: [String] = []
    var sqlState: SQLState?
    for options in try HostList.attempts(configuration.options) {
      do throws(PostgresError) {
        return try await attempt(options)
      } catch .connectionFailed(let failure) {
        reasons.append(failure.reason)
        sqlState = failure.sqlState ?? sqlState
      }
    }
    throw .connectionFailed(
      ConnectionFailure(reason: reasons.joined(separator: "; "), sqlState: sqlState)
    )
  }

  private func attempt(_ options: [String: String]) async throws(PostgresError) {
    let link = try start(options)
    do throws(PostgresError) {
      try await handshake(link)
      try prepare(link)
    } catch {
      link.dispose()
      throw error
    }
  }

  private func start(_ options: [String: String]) throws(PostgresError) -> Link {
    let settings = startOptions(options)
    let keywords = CStrings(settings.map(\.key))
    let values = CStrings(settings.map(\.value))
    guard let pointer = PQconnectStartParams(keywords.pointers, values.pointers, 0) else {
      throw .connectionFailed(ConnectionFailure(reason: "out of memory"))
    }
    // So that the text of a refusal holds its code.
    PQsetErrorVerbosity(pointer, PQERRORS_VERBOSE)
    return Link(pointer, queue: executor.queue)
  }

  private func startOptions(_ options: [String: String]) -> [String: String] {
    var all = options
    all["client_encoding"] = "UTF8"
    if all["fallback_application_name"] == nil, configuration.settings["application_name"] == nil {
      all["fallback_application_name"] = "higgs"
    }
    let settings = configuration.settings.sorted { $0.key < $1.key }
      .map { "-c \($0.key)=\(Self.escaped($0.value))" }
    if !settings.isEmpty {
      all["options"] = ([all["options"]].compactMap { $0 } + settings).joined(separator: " ")
    }
    return all
  }

  private static func escaped(_ value: String) -> String {
    value.reduce(into: "") { text, character in
      if character == " " || character == "\\" { text.append("\\") }
      text.append(character)
    }
  }

  private func handshake(_ link: Link) async throws(PostgresError) {
    let limit = configuration.connectTimeoutMilliseconds
    let deadline = DispatchTime.now() + .milliseconds(limit)
    var step = PGRES_POLLING_WRITING
    while step != PGRES_POLLING_OK {
      guard step != PGRES_POLLING_FAILED, !link.isBroken else { throw failure(of: link) }
      let direction: SocketReadiness.Direction =
        step == PGRES_POLLING_READING ? .reading : .writing
      switch await wait(link.socket, direction, deadline) {
      case .ready: step = PQconnectPoll(link.pointer)
      case .cancelled: throw .cancelled
      case .late:
        let host = PQhost(link.pointer).map { String(cString: $0) } ?? ""
        throw .connectionFailed(
          ConnectionFailure(reason: "host \(host) did not let us in within \(limit) ms")
        )
      }
    }
  }

  private func wait(
    _ socket: Int32,
    _ direction: SocketReadiness.Direction,
    _ deadline: DispatchTime
  ) async -> SocketReadiness.Outcome {
    let queue = executor.queue
    let gate = CancellationGate()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let wait = SocketReadiness(
          socket: socket,
          direction,
          deadline: deadline,
          queue: queue
        ) { continuation.resume(returning: $0) }
        gate.open(wait)
      }
    } onCancel: {
      queue.async { gate.cancel() }
    }
  }

  private func failure(of link: Link) -> PostgresError {
    let text = link.errorMessage
    return .connectionFailed(
      ConnectionFailure(reason: VerboseMessage.reason(text), sqlState: VerboseMessage.code(text))
    )
  }

  private func prepare(_ link: Link) throws(PostgresError) {
    PQsetErrorVerbosity(link.pointer, PQERRORS_DEFAULT)
    guard PQsetnonblocking(link.pointer, 1) == 0, PQenterPipelineMode(link.pointer) == 1 else {
      throw .connectionFailed(ConnectionFailure(reason: link.errorMessage))
    }
    self.link = link
    link.watcher = SocketWatcher(
      queue: executor.queue,
      current: { [weak link] in link?.socket ?? -1 },
      onReadable: { [weak self] in self?.assumeIsolated { $0.socketIsReadable() } },
      onWritable: { [weak self] in self?.assumeIsolated { $0.socketIsWritable() } }
    )
    link.watcher?.setReading(true)
    logNotices()
  }
}

/// Hands a cancellation to a wait, whichever of the two comes first. Used on one queue only.
///
/// Unchecked, since the compiler does not know that both sides run on the connection's queue.
private final class CancellationGate: @unchecked Sendable {
  private var wait: SocketReadiness?
  private var isCancelled = false

  func open(_ wait: SocketReadiness) {
    self.wait = wait
    if isCancelled { wait.finish(.cancelled) }
  }

  func cancel() {
    isCancelled = true
    wait?.finish(.cancelled)
  }
}

/// Texts for a C function that takes an array of them, ending in NULL.
private final class CStrings {
  let pointers: [UnsafePointer<CChar>?]

  init(_ texts: [String]) {
    pointers =
      texts.map { text in
        let bytes = Array(text.utf8CString)
        let memory = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        memory.initialize(from: bytes, count: bytes.count)
        return UnsafePointer(memory)
      } + [nil]
  }

  deinit {
    for pointer in pointers { pointer?.deallocate() }
  }
}

/// libpq's text about a failed connection, with "FATAL:  28P01: " inside and a line LOCATION.
enum VerboseMessage {
  static func code(_ text: String) -> SQLState? {
    let parts = text.split(separator: ":").map { $0.drop(while: \.isWhitespace) }
    let code = parts.last { part in
      part.utf8.count == 5
        && part.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
        && part.utf8.contains { (48...57).contains($0) }
    }
    return code.map { SQLState(code: String($0)) }
  }

  static func reason(_ text: String) -> String {
    text.split(separator: "; ").filter { !$0.hasPrefix("LOCATION:") }.joined(separator: "; ")
  }
}
