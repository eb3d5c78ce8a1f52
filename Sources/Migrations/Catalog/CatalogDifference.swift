/// One thing that is not what the migrations make.
package struct CatalogDifference: Codable, Equatable, Sendable {
  /// The object: "column public.users.email_lookup".
  package let object: String
  /// What of it differs; nil if the whole object is missing or unexpected.
  package let property: String?
  /// What the migrations make; nil for nothing.
  package let expected: String?
  /// What is in the database; nil for nothing.
  package let found: String?

  /// A difference with both sides.
  package init(object: String, property: String?, expected: String?, found: String?) {
    self.object = object
    self.property = property
    self.expected = expected
    self.found = found
  }
}

extension CatalogSnapshot {
  /// Each difference between `self`, the expected schema, and `found`, by object.
  ///
  /// What belongs to an object that is missing (or unexpected) as a whole is not listed again.
  package func differences(to found: CatalogSnapshot) -> [CatalogDifference] {
    let wanted = byID
    let present = found.byID
    return Set(wanted.keys).union(present.keys).sorted().flatMap { id -> [CatalogDifference] in
      switch (wanted[id], present[id]) {
      case (let expected?, let found?):
        expected.differences(to: found)
      case (let expected?, nil):
        expected.vanishes(with: wanted, without: present)
          ? [] : [.init(object: id, property: nil, expected: expected.summary, found: nil)]
      case (nil, let found?):
        found.vanishes(with: present, without: wanted)
          ? [] : [.init(object: id, property: nil, expected: nil, found: found.summary)]
      case (nil, nil):
        []
      }
    }
  }

  private var byID: [String: CatalogObject] {
    Dictionary(objects.map { ($0.id, $0) }) { first, _ in first }
  }
}

extension CatalogObject {
  /// The property of a relation that lists its columns in order.
  static let columnOrder = "column order"

  /// Whether the object's parent is on the one side and not on the other, too.
  fileprivate func vanishes(
    with one: [String: CatalogObject],
    without other: [String: CatalogObject]
  ) -> Bool {
    guard let parent else { return false }
    return one[parent] != nil && other[parent] == nil
  }

  fileprivate func differences(to found: CatalogObject) -> [CatalogDifference] {
    let names = Set(properties.keys).union(found.properties.keys).sorted()
    return names.compactMap { name in
      var (wanted, present) = (properties[name], found.properties[name])
      if name == Self.columnOrder { (wanted, present) = Self.commonOrder(wanted, present) }
      guard wanted != present else { return nil }
      return CatalogDifference(object: id, property: name, expected: wanted, found: present)
    }
  }

  /// Both orders without the columns that only one side has: those are named by themselves.
  private static func commonOrder(_ one: String?, _ other: String?) -> (String?, String?) {
    guard let one, let other else { return (one, other) }
    let (left, right) = (one.split(separator: " "), other.split(separator: " "))
    let common = Set(left).intersection(right)
    return (
      left.filter(common.contains).joined(separator: " "),
      right.filter(common.contains).joined(separator: " ")
    )
  }
}
