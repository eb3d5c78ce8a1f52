/// The index that `create index … if not exists` makes, and its table.
package struct CreatedIndex: Equatable, Sendable {
  /// The index's name; it lies in the schema of its table.
  package let name: String
  /// The table's schema, or nil when the search path decides.
  package let schema: String?
  /// The table's name.
  package let table: String
  /// Whether the statement builds it concurrently, so that it can be left behind invalid.
  package let isConcurrent: Bool

  /// An index as it stands.
  package init(name: String, schema: String?, table: String, isConcurrent: Bool) {
    self.name = name
    self.schema = schema
    self.table = table
    self.isConcurrent = isConcurrent
  }
}

extension SQLStatement {
  /// What `create [unique] index [concurrently] if not exists name on [only] table` makes; nil for
  /// any other statement, also for one without a name or without IF NOT EXISTS.
  package var createdIndex: CreatedIndex? {
    var rest = tokens[...]
    guard rest.take("create") else { return nil }
    _ = rest.take("unique")
    guard rest.take("index") else { return nil }
    let isConcurrent = rest.take("concurrently")
    guard rest.take("if"), rest.take("not"), rest.take("exists"),
      let name = rest.takeIdentifier(), rest.take("on")
    else { return nil }
    _ = rest.take("only")
    guard let first = rest.takeIdentifier() else { return nil }
    guard rest.first?.isSymbol(".") == true else {
      return CreatedIndex(name: name, schema: nil, table: first, isConcurrent: isConcurrent)
    }
    rest.removeFirst()
    guard let table = rest.takeIdentifier() else { return nil }
    return CreatedIndex(name: name, schema: first, table: table, isConcurrent: isConcurrent)
  }
}

extension ArraySlice<SQLToken> {
  /// Drops the next token if it is this keyword.
  fileprivate mutating func take(_ word: String) -> Bool {
    guard first?.word == word else { return false }
    removeFirst()
    return true
  }

  fileprivate mutating func takeIdentifier() -> String? {
    popFirst()?.identifier
  }
}
