/// Something that cannot be pipelined (a script, COPY, a stream of rows) and so has the connection
/// for itself. Used on the connection's queue only.
final class ExclusiveUse {
  let id: UInt64
  let deadline: Deadline
  var cancelReason: CancelReason?
  /// True while a cancellation would hit the server's statement, and not wait behind our data.
  var isStatementRunning = false
  /// Collected for scripts; others leave notices to the log.
  private(set) var notices: [ServerError] = []
  private let collectsNotices: Bool
  private var grant: CheckedContinuation<PostgresError?, Never>?
  private var reader: CheckedContinuation<Void, Never>?
  private var writer: CheckedContinuation<Void, Never>?

  init(id: UInt64, deadline: Deadline, collectsNotices: Bool) {
    self.id = id
    self.deadline = deadline
    self.collectsNotices = collectsNotices
  }

  func awaitGrant(_ continuation: CheckedContinuation<PostgresError?, Never>) {
    grant = continuation
  }

  func begin() {
    grant?.resume(returning: nil)
    grant = nil
  }

  func refuse(_ error: PostgresError) {
    grant?.resume(returning: error)
    grant = nil
  }

  func awaitInput(_ continuation: CheckedContinuation<Void, Never>) {
    reader = continuation
  }

  func awaitOutput(_ continuation: CheckedContinuation<Void, Never>) {
    writer = continuation
  }

  var isAwaitingInput: Bool { reader != nil }

  /// Something can be read, or nothing ever will.
  func inputArrived() {
    reader?.resume()
    reader = nil
  }

  /// All has been written, or nothing ever will be.
  func outputLeft() {
    writer?.resume()
    writer = nil
  }

  func connectionEnded() {
    inputArrived()
    outputLeft()
  }

  /// Takes a notice if it is wanted here.
  func keep(_ notice: ServerError) -> Bool {
    guard collectsNotices else { return false }
    if notices.count < NoticeBox.maximumKept { notices.append(notice) }
    return true
  }
}
