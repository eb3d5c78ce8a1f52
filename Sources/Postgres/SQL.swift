/// A statement with its values. What is written literally is SQL; what is interpolated is bound
/// as `$1`, `$2`, … and can never become SQL:
///
/// ```swift
/// try await connection.query("select name from users where id = \(id) and level > \(level)")
/// ```
///
/// One statement only; for several, see `execute(script:)`.
package struct SQL: Sendable, ExpressibleByStringInterpolation {
  /// The statement, with `$1` and so on where values are.
  package private(set) var text: String
  /// The values.
  package private(set) var bindings: Bindings
  /// Where in `text` (in UTF-8 bytes) each `$n` begins.
  private var placeholders: [Int]

  /// A statement without values, from a literal; not from a variable.
  package init(stringLiteral value: StaticString) {
    self.init(unsafeText: value.description)
  }

  /// A statement from text that was made at run time. Whoever calls this has made sure that no
  /// part of the text comes from outside.
  package init(unsafeText: String) {
    text = unsafeText
    bindings = Bindings()
    placeholders = []
  }

  /// What the compiler calls for a literal with interpolations.
  package init(stringInterpolation: StringInterpolation) {
    self = stringInterpolation.sql
  }

  /// Puts a name between double quotes, so that it can be nothing but a name.
  package static func quoted(identifier: String) -> String {
    var quoted = "\""
    for character in identifier.unicodeScalars {
      if character == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(character)
    }
    return quoted + "\""
  }

  /// Appends another statement or a part of one; its values are numbered anew.
  package mutating func append(_ other: SQL) {
    if other.placeholders.isEmpty {
      text += other.text
      return
    }
    let source = Array(other.text.utf8)
    var position = 0
    for (index, start) in other.placeholders.enumerated() {
      text += String(decoding: source[position..<start], as: UTF8.self)
      appendPlaceholder(number: bindings.count + index + 1)
      position = start + 1
      while position < source.count, (48...57).contains(source[position]) { position += 1 }
    }
    text += String(decoding: source[position...], as: UTF8.self)
    bindings.append(other.bindings)
  }

  private mutating func appendPlaceholder(number: Int) {
    placeholders.append(text.utf8.count)
    text += "$"
    text += String(number)
  }

  fileprivate mutating func appendText(_ more: String) {
    text += more
  }

  fileprivate mutating func appendValue(_ value: some PostgresEncodable) {
    appendPlaceholder(number: bindings.count + 1)
    value.bind(to: &bindings)
  }

  /// Collects the parts of a literal.
  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var sql = SQL(unsafeText: "")

    /// What the compiler calls first.
    package init(literalCapacity: Int, interpolationCount: Int) {
      sql.text.reserveCapacity(literalCapacity + interpolationCount * 3)
    }

    /// SQL, as the programmer wrote it.
    package mutating func appendLiteral(_ literal: StaticString) {
      sql.appendText(literal.description)
    }

    /// A value, bound.
    package mutating func appendInterpolation(_ value: some PostgresEncodable) {
      sql.appendValue(value)
    }

    /// A value or null, bound.
    package mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
      sql.appendValue(value)
    }

    /// A name (of a table, a column, a role, …), quoted.
    package mutating func appendInterpolation(identifier: String) {
      sql.appendText(SQL.quoted(identifier: identifier))
    }

    /// Another piece of SQL with its values.
    package mutating func appendInterpolation(_ fragment: SQL) {
      sql.append(fragment)
    }
  }
}

extension SQL: CustomStringConvertible {
  /// The text; never the values.
  package var description: String { text }
}
