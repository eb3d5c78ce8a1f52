/// Why a text is not a JSON object that we take.
package enum JSONProblem: Error, Hashable, Sendable {
  /// It is not JSON; the offset is where that shows, in bytes.
  case malformed(offset: Int)
  /// It is not UTF-8.
  case notUTF8
  /// It has a NUL character, written as it is or as an escape.
  case hasNUL
  /// An object has a name twice.
  case duplicateName(String)
  /// Arrays and objects lie deeper in each other than allowed.
  case tooDeep(limit: Int)
  /// An object has more members than allowed.
  case tooManyMembers(limit: Int)
  /// It is JSON, but no object.
  case notAnObject
  /// A member is missing that must be there.
  case missing(String)
  /// A member has a value that it cannot have; the text says what it may be.
  case wrongValue(String, expected: String)
  /// A member has a name that is not known here.
  case unknownName(String)
}

extension JSONProblem: CustomStringConvertible {
  /// What is wrong and what to do, for the client's developer.
  package var description: String {
    switch self {
    case .malformed(let offset): "This is not JSON, from byte \(offset) on."
    case .notUTF8: "This is not UTF-8."
    case .hasNUL: "NUL characters are not allowed."
    case .duplicateName(let name): "The name \"\(name)\" stands twice in an object."
    case .tooDeep(let limit): "Arrays and objects may lie at most \(limit) deep in each other."
    case .tooManyMembers(let limit): "An object may have at most \(limit) members."
    case .notAnObject: "A JSON object is expected."
    case .missing(let name): "The member \"\(name)\" is missing."
    case .wrongValue(let name, let expected): "The member \"\(name)\" must be \(expected)."
    case .unknownName(let name): "The member \"\(name)\" is not known here."
    }
  }
}
