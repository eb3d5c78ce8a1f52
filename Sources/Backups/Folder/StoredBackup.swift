/// A dump in a folder.
package struct StoredBackup: Sendable, Hashable {
  /// Whether it is what its manifest says.
  package enum State: String, Sendable, Encodable {
    /// It has a manifest, and its size.
    case good
    /// Nothing says what it is.
    case noManifest = "no manifest"
    /// It is not as long as it was.
    case sizeDiffers = "another size than its manifest says"
    /// It has other bytes than it had; only known where all were read.
    case contentDiffers = "other bytes than its manifest says"
  }

  /// The file's name.
  package var name: String
  /// Its size.
  package var bytes: Int64
  /// What lies beside it.
  package var manifest: BackupManifest?
  /// Whether the two fit.
  package var state: State

  /// A backup as it was found.
  package init(name: String, bytes: Int64, manifest: BackupManifest?, state: State) {
    self.name = name
    self.bytes = bytes
    self.manifest = manifest
    self.state = state
  }

  /// When it was taken; empty where that is not known.
  package var takenAt: String { manifest?.takenAt ?? "" }
}

/// Which backups are kept.
package enum Retention {
  /// Those that are not needed any more: good ones that have `keep` newer good ones. What is not good
  /// counts for nothing and is left for people to look at.
  package static func superfluous(_ backups: [StoredBackup], keep: Int) -> [StoredBackup] {
    precondition(keep >= 1, "the last good backup is never removed")
    return Array(
      backups.filter { $0.state == .good }
        .sorted { ($0.takenAt, $0.name) > ($1.takenAt, $1.name) }
        .dropFirst(keep))
  }
}
