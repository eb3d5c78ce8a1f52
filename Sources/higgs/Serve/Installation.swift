import Foundation

/// Where the files of this release lie that are no programs.
enum Installation {
  /// How many folders upwards are searched at most.
  private static let depthMax = 16

  /// The file in the nearest folder above this program, or above the working directory, that has it.
  static func find(_ relative: String) -> URL? {
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let working = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
    return [working, program].lazy.compactMap { above($0, relative) }.first
  }

  private static func above(_ start: URL, _ relative: String) -> URL? {
    var folder = start
    for _ in 0..<depthMax {
      let file = folder.appendingPathComponent(relative)
      if FileManager.default.fileExists(atPath: file.path) { return file }
      folder.deleteLastPathComponent()
    }
    return nil
  }
}
