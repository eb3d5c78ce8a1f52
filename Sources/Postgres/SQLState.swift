/// The five-character code of a server error, to be switched over.
///
/// ```swift
/// switch error.sqlState {
/// case .uniqueViolation: …
/// case .serializationFailure, .deadlockDetected: …
/// default: …
/// }
/// ```
package struct SQLState: Sendable, Hashable, CustomStringConvertible {
  /// The code as the server sends it, five digits or capital letters.
  package let code: String

  /// Takes a code as the server sends it.
  package init(code: String) {
    self.code = code
  }

  /// The code.
  package var description: String { code }

  /// The class of the error, its first two characters.
  package var category: Category { Category(rawValue: String(code.prefix(2))) }

  /// True when the same transaction, begun anew, may well succeed.
  package var isTransient: Bool {
    self == .serializationFailure || self == .deadlockDetected
  }

  /// The first two characters of a code.
  package struct Category: RawRepresentable, Sendable, Hashable {
    /// The two characters.
    package let rawValue: String

    /// Takes the two characters.
    package init(rawValue: String) {
      self.rawValue = rawValue
    }

    /// 08: the connection.
    package static let connectionException = Category(rawValue: "08")
    /// 22: a value is out of its domain.
    package static let dataException = Category(rawValue: "22")
    /// 23: a constraint was violated.
    package static let integrityConstraintViolation = Category(rawValue: "23")
    /// 25: the state of the transaction forbids it.
    package static let invalidTransactionState = Category(rawValue: "25")
    /// 28: who we say we are was not accepted.
    package static let invalidAuthorization = Category(rawValue: "28")
    /// 40: the transaction was rolled back.
    package static let transactionRollback = Category(rawValue: "40")
    /// 42: syntax error or missing right.
    package static let syntaxErrorOrAccessRule = Category(rawValue: "42")
    /// 53: memory, disk or connections ran out.
    package static let insufficientResources = Category(rawValue: "53")
    /// 55: an object is not in the state that is needed.
    package static let objectNotInPrerequisiteState = Category(rawValue: "55")
    /// 57: an operator stepped in.
    package static let operatorIntervention = Category(rawValue: "57")
    /// P0: raised by PL/pgSQL.
    package static let plpgsqlError = Category(rawValue: "P0")
  }
}
