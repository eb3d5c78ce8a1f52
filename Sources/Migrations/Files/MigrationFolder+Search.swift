import FoundationEssentials

extension MigrationFolder {
  /// The folder's place below an installation or a checkout.
  package static let defaultPlace = "database/migrations"

  /// Finds the folder: `given` (option or environment), else `database/migrations` next to the
  /// executable, else in the working directory or the nearest of its parents that has one.
  package static func find(
    given: String?,
    executable: String?,
    workingDirectory: String
  ) throws(MigrationError) -> String {
    if let given { return given }
    let candidates = candidates(executable: executable, workingDirectory: workingDirectory)
    guard let found = candidates.first(where: isFolder) else {
      throw .folderNotFound(tried: candidates)
    }
    return found
  }

  private static func candidates(executable: String?, workingDirectory: String) -> [String] {
    var folders: [URL] = []
    if let executable { folders.append(URL(filePath: executable).deletingLastPathComponent()) }
    var folder = URL(filePath: workingDirectory, directoryHint: .isDirectory)
    for _ in 0..<maximumDepth {
      folders.append(folder)
      let parent = folder.deletingLastPathComponent()
      guard parent.path != folder.path else { break }
      folder = parent
    }
    return folders.map { $0.appending(path: defaultPlace).path }
  }

  /// How many folders upwards are searched at most.
  private static let maximumDepth = 64

  private static func isFolder(_ path: String) -> Bool {
    var isDirectory = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory
  }
}
