/// What a database's schema is, in a form that two databases can be compared by.
package struct CatalogSnapshot: Codable, Equatable, Sendable {
  /// Every object, by `id`.
  package let objects: [CatalogObject]

  /// A snapshot of these objects, in any order.
  package init(_ objects: [CatalogObject]) {
    self.objects = objects.sorted { $0.id < $1.id }
  }

  /// The snapshot without these schemas and all that is in them.
  package func leavingOut(schemas: Set<String>) -> CatalogSnapshot {
    guard !schemas.isEmpty else { return self }
    return CatalogSnapshot(objects.filter { !schemas.contains($0.schema ?? "") })
  }

  /// One line for each property of each object, in an order that does not change.
  package var lines: [String] {
    objects.flatMap { object in
      object.properties.sorted { $0.key < $1.key }.map { property in
        "\(object.id): \(property.key): \(property.value.onOneLine)"
      }
    }
  }
}

/// One object of a schema: a table, a column, a trigger…
package struct CatalogObject: Codable, Equatable, Sendable {
  /// What it is: "table", "column", "constraint"…
  package let kind: String
  /// Its qualified name, quoted where SQL wants it.
  package let name: String
  /// The `id` of the object that it belongs to and vanishes with, if any.
  package let parent: String?
  /// The schema that it lies in, if any.
  package let schema: String?
  /// Everything about it that is compared.
  package let properties: [String: String]

  /// An object with its properties.
  package init(
    kind: String,
    name: String,
    parent: String? = nil,
    schema: String? = nil,
    properties: [String: String]
  ) {
    self.kind = kind
    self.name = name
    self.parent = parent
    self.schema = schema
    self.properties = properties
  }

  /// "table public.users": what the object is called in reports.
  package var id: String { "\(kind) \(name)" }

  /// The property that says most about it, for an object that is there on one side only.
  var summary: String {
    properties["definition"] ?? properties["type"] ?? properties["returns"] ?? kind
  }
}

extension String {
  /// The text with its line breaks spelled out.
  var onOneLine: String {
    split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\\n")
  }
}
