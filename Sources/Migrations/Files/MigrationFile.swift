import Crypto

/// One migration as it lies in the folder: `NNN_name.sql`.
package struct MigrationFile: Equatable, Sendable {
  /// How the runner executes a file.
  package enum Mode: String, Equatable, Sendable {
    /// The whole file and its record in one transaction.
    case transaction
    /// Statement by statement, each committed by itself; the record comes last.
    case statements
  }

  /// The number in front of the name, from 1.
  package let version: Int
  /// The part of the file's name between number and `.sql`.
  package let name: String
  /// The file's name in its folder.
  package let fileName: String
  /// SHA-256 of the file's bytes, 64 lower-case hex digits.
  package let sha256: String
  /// The file's text.
  package let sql: String
  /// How it is executed.
  package let mode: Mode

  /// Reads a file's name and bytes; throws what is wrong with them.
  package init(fileName: String, bytes: [UInt8]) throws(MigrationProblem) {
    (version, name) = try Self.parse(fileName: fileName)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .notUTF8(file: fileName)
    }
    guard bytes.last == UInt8(ascii: "\n"), !bytes.contains(UInt8(ascii: "\r")) else {
      throw .wrongLineEndings(file: fileName)
    }
    let script = SQLScript(text)
    guard !script.statements.isEmpty else { throw .emptyFile(file: fileName) }
    self.fileName = fileName
    sha256 = Self.hash(bytes)
    sql = text
    mode = try Self.mode(of: text, fileName: fileName)
    try MigrationFileCheck(fileName: fileName, mode: mode).check(script)
  }

  /// SHA-256 as 64 lower-case hex digits.
  package static func hash(_ bytes: [UInt8]) -> String {
    SHA256.hash(data: bytes).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }
}

extension MigrationFile {
  /// The header comment that asks for `Mode.statements`.
  package static let noTransactionDirective = "no-transaction"

  private static func parse(
    fileName: String
  ) throws(MigrationProblem) -> (version: Int, name: String) {
    let parts = fileName.dropLast(4).split(
      separator: "_",
      maxSplits: 1,
      omittingEmptySubsequences: false
    )
    guard fileName.hasSuffix(".sql"), parts.count == 2, parts[0].utf8.count == 3,
      parts[0].utf8.allSatisfy(isDigit), let version = Int(parts[0]), version > 0,
      !parts[1].isEmpty, parts[1].utf8.allSatisfy(isNameByte)
    else { throw .badFileName(file: fileName) }
    return (version, String(parts[1]))
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || byte == UInt8(ascii: "_")
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }

  /// Reads `-- higgs: …` among the comment lines before the first statement.
  private static func mode(
    of text: String,
    fileName: String
  ) throws(MigrationProblem) -> Mode {
    for line in text.split(separator: "\n") {
      guard line.hasPrefix("--") else { break }
      let comment = line.dropFirst(2).drop(while: \.isWhitespace)
      guard comment.hasPrefix("higgs:") else { continue }
      let words = comment.dropFirst(6).split(whereSeparator: \.isWhitespace)
      guard words == [Substring(noTransactionDirective)] else {
        throw .unknownDirective(file: fileName, directive: words.joined(separator: " "))
      }
      return .statements
    }
    return .transaction
  }
}
