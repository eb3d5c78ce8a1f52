/// What the migrator says while it works.
package enum MigrationEvent: Equatable, Sendable {
  /// Someone else is migrating this database; nil if he was gone before he could be seen.
  case waitingForLock(LockHolder?)
  /// A file is about to be run.
  case started(file: String)
  /// A file could not get a lock and will be tried again.
  case retrying(file: String, attempt: Int, of: Int, pauseMilliseconds: Int, reason: String)
  /// The remains of an unfinished index build were dropped.
  case droppedInvalidIndex(file: String, name: String)
  /// The server warned about a file.
  case notice(file: String, severity: String, message: String)
  /// A file was run and recorded.
  case finished(file: String, durationMilliseconds: Int)
  /// A scratch database that an earlier run left behind was dropped.
  case droppedScratch(name: String)
}

extension MigrationEvent: CustomStringConvertible {
  /// The event as a line for people.
  package var description: String {
    switch self {
    case .waitingForLock(let holder):
      "another migration of this database is at work; waiting: \(holder?.description ?? "")"
    case .started(let file):
      "\(file) …"
    case .retrying(let file, let attempt, let of, let pause, let reason):
      """
      \(file): try \(attempt) of \(of) did not get its locks (\(reason)); again in \(pause) ms
      """
    case .droppedInvalidIndex(let file, let name):
      "\(file): dropped \(name), the invalid remains of an unfinished build"
    case .notice(let file, let severity, let message):
      "\(file): \(severity): \(message)"
    case .finished(let file, let duration):
      "\(file)  \(duration) ms"
    case .droppedScratch(let name):
      "dropped \(name), left behind by an earlier run"
    }
  }
}
