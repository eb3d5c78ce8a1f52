import Foundation

/// Keeps two runs out of one folder; given back when it is no more, also by a kill.
final class FolderLock: Sendable {
  private let descriptor: Int32

  init(_ folder: BackupFolder) throws(BackupFailure) {
    let path = folder.file(".lock")
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw BackupFailure(
        .cannotWrite,
        "\(folder.path) cannot be written to: \(BackupFolder.lastProblem). "
          + "The user of this program needs to own it.")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let problem = errno
      close(descriptor)
      throw problem == EWOULDBLOCK
        ? BackupFailure(.busy, "another backup into \(folder.path) is being made just now.")
        : BackupFailure(
          .cannotWrite, "\(path) cannot be locked: \(String(cString: strerror(problem))).")
    }
  }

  deinit { close(descriptor) }
}
