import Crypto
import Foundation

/// A folder of backups: each a dump with its manifest beside it.
///
/// A dump gets its name only once it is whole, is on the disk and has its manifest; so a dump without
/// one is not ours or was tampered with.
package struct BackupFolder: Sendable {
  static let dumpEnding = ".dump"
  static let manifestEnding = ".json"
  static let partialEnding = ".partial"
  private static let manifestBytesMax = 1 << 20

  /// Where it is.
  package let path: String

  /// The folder at a path; it must be there.
  package init(_ path: String) throws(BackupFailure) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
    else { throw BackupFailure(.notThere, "there is no folder \(path). Make it: mkdir -p \(path)") }
    self.path = path
  }

  /// All backups of a database, or of any, the newest first.
  package func backups(of database: String? = nil) throws(BackupFailure) -> [StoredBackup] {
    try names().filter { $0.hasSuffix(Self.dumpEnding) && !$0.hasPrefix(".") }
      .map(stored)
      .filter { database == nil || $0.manifest == nil || $0.manifest?.database == database }
      .sorted { ($0.takenAt, $0.name) > ($1.takenAt, $1.name) }
  }

  private func names() throws(BackupFailure) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw BackupFailure(.notThere, "\(path) cannot be read: \(Self.lastProblem).")
    }
  }

  /// A dump with what is known of it.
  func stored(_ name: String) -> StoredBackup {
    let file = self.file(name)
    let bytes = Self.size(of: file)
    guard let manifest = manifest(of: name) else {
      return StoredBackup(name: name, bytes: bytes, manifest: nil, state: .noManifest)
    }
    return StoredBackup(
      name: name, bytes: bytes, manifest: manifest,
      state: bytes == manifest.bytes ? .good : .sizeDiffers)
  }

  private func manifest(of name: String) -> BackupManifest? {
    let file = file(Self.manifestName(of: name))
    guard Self.size(of: file) <= Self.manifestBytesMax,
      let data = FileManager.default.contents(atPath: file)
    else { return nil }
    return BackupManifest(json: data)
  }

  static func manifestName(of dump: String) -> String {
    dump.dropLast(dumpEnding.count) + manifestEnding
  }

  func file(_ name: String) -> String { path + "/" + name }

  /// A name that is not taken, such as `higgs-higgs_domino-20261128T020000Z.dump`.
  func freeName(database: String, takenAt: String) -> String {
    let safe = String(
      database.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "-" })
    let stamp = takenAt.filter { $0.isNumber || $0 == "T" || $0 == "Z" }
    // Those of one second, in the order of their names.
    for number in 1..<100 {
      let suffix = number == 1 ? "" : "_\(number < 10 ? "0" : "")\(number)"
      let name = "higgs-\(safe)-\(stamp)\(suffix)\(Self.dumpEnding)"
      if access(file(name), F_OK) != 0 { return name }
    }
    return "higgs-\(safe)-\(stamp)-\(UInt32.random(in: 0...UInt32.max))\(Self.dumpEnding)"
  }

  /// Removes what killed runs left behind; only under the lock.
  func removePartials() throws(BackupFailure) {
    let dumps = Set(try names().filter { $0.hasSuffix(Self.dumpEnding) })
    for name in try names() where name.hasPrefix(".higgs-") && name.hasSuffix(Self.partialEnding) {
      unlink(file(name))
    }
    // The manifest comes first: one without a dump belongs to a run that was killed in between.
    for name in try names() where name.hasPrefix("higgs-") && name.hasSuffix(Self.manifestEnding) {
      let dump = name.dropLast(Self.manifestEnding.count) + Self.dumpEnding
      if !dumps.contains(String(dump)), manifest(of: String(dump)) != nil { unlink(file(name)) }
    }
  }

  /// Removes a backup.
  func remove(_ backup: StoredBackup) throws(BackupFailure) {
    guard unlink(file(backup.name)) == 0 else {
      throw BackupFailure(
        .cannotWrite, "\(file(backup.name)) cannot be removed: \(Self.lastProblem).")
    }
    unlink(file(Self.manifestName(of: backup.name)))
  }

  /// Gives a whole dump its name, after its manifest; both are on the disk then.
  func publish(partial: String, manifest: BackupManifest) throws {
    let target = file(manifest.file)
    let manifestFile = file(Self.manifestName(of: manifest.file))
    let partialManifest = file("." + Self.manifestName(of: manifest.file) + Self.partialEnding)
    do {
      try manifest.json.write(to: URL(fileURLWithPath: partialManifest))
      try Self.sync(partialManifest)
      try Self.sync(partial)
      try Self.rename(partialManifest, manifestFile)
      try Self.rename(partial, target)
      try Self.sync(path)
    } catch {
      for file in [partialManifest, manifestFile] { unlink(file) }
      throw (error as? BackupFailure)
        ?? BackupFailure(.cannotWrite, "\(path) cannot be written to: \(error).")
    }
  }

  private static func rename(_ from: String, _ to: String) throws(BackupFailure) {
    guard Foundation.rename(from, to) == 0 else {
      throw BackupFailure(.cannotWrite, "\(to) cannot be made: \(lastProblem).")
    }
  }

  private static func sync(_ path: String) throws(BackupFailure) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw BackupFailure(.cannotWrite, "\(path) cannot be opened: \(lastProblem).")
    }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw BackupFailure(.cannotWrite, "\(path) could not be flushed: \(lastProblem).")
    }
  }

  static func size(of path: String) -> Int64 {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : -1
  }

  static var lastProblem: String { String(cString: strerror(errno)) }
}

extension BackupFolder {
  private static let readBytes = 1 << 20

  /// SHA-256 of a file, 64 hexadecimal digits.
  package static func sha256(of path: String) throws(BackupFailure) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw BackupFailure(.notThere, "\(path) cannot be read: \(lastProblem).")
    }
    defer { close(descriptor) }
    var hash = SHA256()
    var buffer = [UInt8](repeating: 0, count: readBytes)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw BackupFailure(.failed, "\(path) cannot be read: \(lastProblem).")
      }
      if count == 0 { break }
      buffer.withUnsafeBytes { hash.update(bufferPointer: .init(rebasing: $0[..<count])) }
    }
    return hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
