#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Where the program speaks to people.
enum Console {
  /// Writes a line to standard error, so that standard output holds answers only.
  static func complain(_ line: String) {
    var bytes = Array(line.utf8) + [UInt8(ascii: "\n")]
    while !bytes.isEmpty {
      let written = write(STDERR_FILENO, bytes, bytes.count)
      guard written > 0 else { return }
      bytes.removeFirst(written)
    }
  }

  /// Writes a line to standard output at once, also into a pipe.
  static func say(_ line: String) {
    print(line)
    fflush(nil)
  }
}
