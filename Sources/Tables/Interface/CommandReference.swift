/// A client's own name for a command: the same one again gets the first answer.
package struct CommandReference: Sendable, Hashable {
  /// 1 to 64 printable characters.
  package let text: String

  /// The longest reference, in characters.
  package static let maximumLength = 64

  /// The reference with this text; nil where it is empty, too long or has control characters.
  package init?(_ text: String) {
    let scalars = text.unicodeScalars
    guard !scalars.isEmpty, scalars.count <= CommandReference.maximumLength,
      scalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
    else { return nil }
    self.text = text
  }
}
