/// What a player may call oneself. The database has the same limits.
package enum ProfileRules {
  /// The longest name at a table, in characters.
  package static let displayNameMax = 32
  /// The language where none is given.
  package static let defaultLocale = "id"

  /// A name without blanks at its ends and without control characters; nil stays nil.
  package static func displayName(_ text: String?) throws(PlatformError) -> String? {
    guard let text else { return nil }
    let trimmed = text.trimmingBlanks()
    guard (1...displayNameMax).contains(trimmed.unicodeScalars.count),
      trimmed.unicodeScalars.allSatisfy({ !isHidden($0) })
    else {
      throw .invalid(
        field: "display_name",
        "Use 1 to \(displayNameMax) characters, without control characters.")
    }
    return trimmed
  }

  /// A language tag such as `id` or `en-GB`; nil stays nil.
  package static func locale(_ text: String?) throws(PlatformError) -> String? {
    guard let text else { return nil }
    guard text.utf8.count <= 35, text.wholeMatch(of: /[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*/) != nil
    else {
      throw .invalid(field: "locale", "Use a language tag, such as id or en-GB.")
    }
    return text
  }

  /// The name of a picture; nil stays nil.
  package static func avatar(_ text: String?) throws(PlatformError) -> String? {
    guard let text else { return nil }
    guard text.wholeMatch(of: /[a-z0-9-]{1,40}/) != nil else {
      throw .invalid(
        field: "avatar", "Use 1 to 40 lower-case letters, digits and hyphens, such as tile-3-4.")
    }
    return text
  }

  /// What a guest is called who gave no name.
  static func guestName(number: Substring, locale: String) -> String {
    locale.hasPrefix("id") ? "Tamu \(number)" : "Guest \(number)"
  }

  /// Control characters, and marks that turn the direction of what follows.
  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: true
    case .format:
      (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    default: false
    }
  }
}

extension String {
  fileprivate func trimmingBlanks() -> String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
