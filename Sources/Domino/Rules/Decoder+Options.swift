/// Any key of a JSON object.
private struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension Decoder {
  /// Throws for the first key that is not one of these: a misspelt option must not go unnoticed.
  func refuseKeys(otherThan known: [String]) throws {
    let container = try container(keyedBy: AnyKey.self)
    guard let unknown = container.allKeys.first(where: { !known.contains($0.stringValue) })
    else { return }
    throw DecodingError.dataCorruptedError(
      forKey: unknown,
      in: container,
      debugDescription:
        "'\(unknown.stringValue)' is no option; there are \(known.joined(separator: ", "))"
    )
  }
}
