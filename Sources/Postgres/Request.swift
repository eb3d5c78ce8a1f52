/// Statements of one caller, from their arrival to their answers. Used on the connection's queue
/// only.
final class Request {
  /// Who asks, which decides what may be done when something goes wrong.
  enum Kind {
    /// Not part of a transaction: may be sent again when the server has surely not done it.
    case standalone
    /// As `standalone`, from a caller who shares the connection with others, and so may not begin
    /// a transaction.
    case shared
    /// Part of a transaction.
    case insideTransaction
    /// COMMIT: when it takes too long, the connection is given up rather than COMMIT cancelled.
    case commit
  }

  let id: UInt64
  let items: [Batch.Item]
  let options: QueryOptions
  let kind: Kind
  let deadline: Deadline
  var answer: CheckedContinuation<[Result<Rows, PostgresError>], Never>?
  var results: [Result<Rows, PostgresError>] = []
  var unitsLeft = 0
  /// Why the server has been, or will be, asked to cancel it.
  var cancelReason: CancelReason?
  /// An estimate of what has arrived of the answer that is under way.
  var receivedBytes = 0
  /// The prepared statements that it uses.
  var statementNames: [String] = []
  /// How many times it has been sent again.
  var retries = 0

  init(
    id: UInt64,
    items: [Batch.Item],
    options: QueryOptions,
    kind: Kind,
    deadline: Deadline
  ) {
    self.id = id
    self.items = items
    self.options = options
    self.kind = kind
    self.deadline = deadline
  }

  func finish(_ results: [Result<Rows, PostgresError>]) {
    answer?.resume(returning: results)
    answer = nil
  }

  func fail(_ error: PostgresError) {
    finish(items.map { _ in .failure(error) })
  }
}

/// What waits for its turn on a connection.
enum Waiting {
  case request(Request)
  case exclusive(ExclusiveUse)

  var id: UInt64 {
    switch self {
    case .request(let request): request.id
    case .exclusive(let use): use.id
    }
  }

  var deadline: Deadline {
    switch self {
    case .request(let request): request.deadline
    case .exclusive(let use): use.deadline
    }
  }

  func fail(_ error: PostgresError) {
    switch self {
    case .request(let request): request.fail(error)
    case .exclusive(let use): use.refuse(error)
    }
  }
}

/// Why a statement is being cancelled.
enum CancelReason {
  case task
  case deadline(milliseconds: Int)
  case tooLarge(limitBytes: Int)

  /// What the caller is told.
  var error: PostgresError {
    switch self {
    case .task: .cancelled
    case .deadline(let milliseconds): .timedOut(milliseconds: milliseconds)
    case .tooLarge(let limit): .resultTooLarge(limitBytes: limit)
    }
  }
}
