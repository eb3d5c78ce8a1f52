import FoundationEssentials
import Postgres

extension MigrationSession {
  /// Reads the catalog in the running transaction.
  package func catalog() async throws -> CatalogSnapshot {
    try await run(Self.printSettings)
    let decoder = JSONDecoder()
    var objects: [CatalogObject] = []
    for query in CatalogQuery.all {
      for row in try await self.query(SQL(unsafeText: query.statement)) {
        objects.append(try Self.object(row, decoder))
      }
    }
    return CatalogSnapshot(objects)
  }

  /// What decides how PostgreSQL prints expressions and names: every name is qualified.
  private static let printSettings = """
    set local role none;
    set local search_path = '';
    set local quote_all_identifiers = off;
    set local datestyle = 'ISO, YMD';
    set local intervalstyle = 'postgres';
    set local timezone = 'UTC';
    set local extra_float_digits = 1;
    set local bytea_output = 'hex';
    """

  private static func object(_ row: Row, _ decoder: JSONDecoder) throws -> CatalogObject {
    let (kind, name, parent, schema, json) = try row.decode(
      (String, String, String?, String?, String).self
    )
    let properties = try decoder.decode([String: String].self, from: Data(json.utf8))
    return CatalogObject(
      kind: kind,
      name: name,
      parent: parent,
      schema: schema,
      properties: properties.filter { !$0.value.isEmpty }
    )
  }
}
