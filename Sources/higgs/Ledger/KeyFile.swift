import LedgerSigning

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Files with keys and published heads.
enum KeyFile {
  /// Larger files are no keys.
  private static let keyBytesMax = 16 << 10
  /// A signed head an hour for many years.
  static let headsBytesMax = 64 << 20

  /// Reads the private key; says so where others can read it, too.
  static func signingKey(_ path: String) throws -> SigningKey {
    let text = try contents(of: path, atMost: keyBytesMax)
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & 0o077 != 0 {
      Console.complain("warning: others can read \(path). Run: chmod 600 \(path)")
    }
    do throws(KeyProblem) {
      return try SigningKey(text: text)
    } catch {
      throw LedgerFailure("\(path) is not a private key for signing: \(error).")
    }
  }

  /// A public key from 64 hexadecimal digits or from a file.
  static func verificationKey(_ digitsOrPath: String) throws -> VerificationKey {
    if let key = try? VerificationKey(text: digitsOrPath) { return key }
    let text = try contents(of: digitsOrPath, atMost: keyBytesMax)
    do throws(KeyProblem) {
      return try VerificationKey(text: text)
    } catch {
      throw LedgerFailure("\(digitsOrPath) is not a public key: \(error).")
    }
  }

  /// The signed heads of a file, one a line.
  static func publishedHeads(_ path: String) throws -> [SignedHead] {
    let text = try contents(of: path, atMost: headsBytesMax)
    let heads: [SignedHead]
    do throws(SignedHeadProblem) {
      heads = try SignedHead.lines(of: text)
    } catch {
      throw LedgerFailure("\(path) is not a file of signed heads: \(error).")
    }
    guard !heads.isEmpty else {
      throw LedgerFailure("\(path) holds no signed head. It takes the lines of 'ledger sign'.")
    }
    return heads
  }

  /// Makes a file that only its owner can read; one that is there is left alone.
  static func create(_ path: String, text: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw LedgerFailure(
        errno == EEXIST
          ? "\(path) is there already, and a key is never overwritten. Name another file."
          : "\(path) cannot be made: \(lastProblem).")
    }
    let bytes = Array(text.utf8)
    let isWhole =
      fchmod(file, 0o600) == 0 && write(file, bytes, bytes.count) == bytes.count
      && fsync(file) == 0
    let problem = lastProblem
    close(file)
    guard isWhole else {
      unlink(path)
      throw LedgerFailure("\(path) could not be written: \(problem).")
    }
  }

  private static func contents(of path: String, atMost limit: Int) throws -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw LedgerFailure("\(path) cannot be read: \(lastProblem).") }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(file, &buffer, buffer.count)
      guard count >= 0 else { throw LedgerFailure("\(path) cannot be read: \(lastProblem).") }
      if count == 0 { break }
      bytes += buffer[..<count]
      guard bytes.count <= limit else {
        throw LedgerFailure("\(path) is larger than \(limit) bytes; it is some other file.")
      }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw LedgerFailure("\(path) is not text.")
    }
    return text
  }

  private static var lastProblem: String { String(cString: strerror(errno)) }
}
