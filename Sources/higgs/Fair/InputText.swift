#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Short texts that are read as a whole.
enum InputText {
  /// A hand with all its moves has some ten thousand bytes.
  static let bytesMax = 4 << 20

  /// A file, or standard input for "-".
  static func bytes(of path: String) throws -> [UInt8] {
    let file = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw problem(path) }
    defer { if path != "-" { close(file) } }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(file, &buffer, buffer.count)
      guard count >= 0 else { throw problem(path) }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
      guard bytes.count <= bytesMax else {
        throw FairFailure(.notARecord, "\(path) is larger than \(bytesMax) bytes.")
      }
    }
  }

  /// The first line of a file.
  static func line(of path: String) throws -> String {
    String(decoding: try bytes(of: path).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  private static func problem(_ path: String) -> FairFailure {
    FairFailure(
      .noSuchInput,
      """
      \(path) cannot be read: \(String(cString: strerror(errno))). Name a file with the record of \
      a deal, - for standard input, or the id of a hand.
      """)
  }
}
