import Core
import FoundationEssentials

/// Why a text is not the key that was asked for.
package enum KeyProblem: Error, Equatable, Sendable {
  /// It is the other half of a pair.
  case otherHalf(wanted: String)
  /// It is under a password.
  case encrypted
  /// It is in OpenSSH's own form.
  case openSSH
  /// It is PEM, but not of an Ed25519 key.
  case otherAlgorithm
  /// It is neither 64 hexadecimal digits nor PEM.
  case unreadable
}

extension KeyProblem: CustomStringConvertible {
  /// What is wrong, and what to do.
  package var description: String {
    switch self {
    case .otherHalf(let wanted): "the file has the other half of a key pair; give the \(wanted)"
    case .encrypted:
      "the key is under a password. Write it without one: openssl pkey -in FILE -out NEWFILE"
    case .openSSH: "OpenSSH's form of a key is not read. Make one with 'higgs ledger keygen FILE'"
    case .otherAlgorithm: "the key is not Ed25519. Make one with 'higgs ledger keygen FILE'"
    case .unreadable: "it is neither 64 hexadecimal digits nor PEM of an Ed25519 key"
    }
  }
}

/// The text forms of keys.
enum KeyText {
  /// Which half of a pair.
  enum Half: String {
    case privateKey = "PRIVATE KEY"
    case publicKey = "PUBLIC KEY"

    /// What comes before the 32 bytes in DER; it is the same for every key (RFC 8410).
    var prefix: [UInt8] {
      switch self {
      case .privateKey:
        [0x30, 0x2E, 2, 1, 0, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 4, 0x22, 4, 0x20]
      case .publicKey: [0x30, 0x2A, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 3, 0x21, 0]
      }
    }

    /// Its name in a sentence.
    var name: String {
      switch self {
      case .privateKey: "private key"
      case .publicKey: "public key"
      }
    }
  }

  private static let byteCount = 32

  /// The 32 bytes of a key.
  static func bytes(of half: Half, in text: String) throws(KeyProblem) -> [UInt8] {
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmed }.filter { !$0.isEmpty }
    if lines.count == 1, let bytes = Hexadecimal.bytes(lines[0]), bytes.count == byteCount {
      return bytes
    }
    guard let title = lines.first.flatMap(title(of:)), lines.last == "-----END \(title)-----"
    else { throw .unreadable }
    guard title == half.rawValue else { throw problem(title: title, wanted: half) }
    guard let der = Data(base64Encoded: lines.dropFirst().dropLast().joined()) else {
      throw .unreadable
    }
    guard der.count == half.prefix.count + byteCount, der.starts(with: half.prefix) else {
      throw .otherAlgorithm
    }
    return Array(der.suffix(byteCount))
  }

  /// A key as PEM.
  static func pem(_ half: Half, _ bytes: [UInt8]) -> String {
    let base64 = Data(half.prefix + bytes).base64EncodedString()
    return "-----BEGIN \(half.rawValue)-----\n\(base64)\n-----END \(half.rawValue)-----\n"
  }

  private static func title(of line: String) -> String? {
    guard line.hasPrefix("-----BEGIN "), line.hasSuffix("-----"), line.count > 16 else {
      return nil
    }
    return String(line.dropFirst(11).dropLast(5))
  }

  private static func problem(title: String, wanted half: Half) -> KeyProblem {
    switch title {
    case "ENCRYPTED PRIVATE KEY": .encrypted
    case "OPENSSH PRIVATE KEY": .openSSH
    case Half.privateKey.rawValue, Half.publicKey.rawValue: .otherHalf(wanted: half.name)
    default: .otherAlgorithm
    }
  }
}

extension Substring {
  /// Without spaces and tabs at both ends.
  fileprivate var trimmed: String {
    let tail = drop(while: \.isWhitespace)
    return String(tail.reversed().drop(while: \.isWhitespace).reversed())
  }
}
