package import Postgres

/// What is in the tables of a database: for each its columns, its rows and a checksum of them.
package struct TablePrints: Equatable, Sendable {
  /// A table's content as far as some of its columns go.
  package struct Print: Equatable, Sendable {
    /// Its columns.
    package let columns: [String]
    /// How many rows it has.
    package let rows: Int64
    let checksum: String
  }

  /// By the table's name.
  package private(set) var tables: [String: Print] = [:]

  /// Everything that is there, but for the migrations' own records.
  package init(of connection: PostgresConnection) async throws {
    let tables = try await connection.query(
      """
      select c.relname::text, array_agg(quote_ident(a.attname) order by a.attnum)
      from pg_class as c
      join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and not c.relispartition and c.relname <> 'schema_migrations'
      group by c.relname
      """
    ).decode((String, [String]).self)
    for (table, columns) in tables {
      self.tables[table] = try await Self.print(table, columns, connection)
    }
  }

  /// The same tables and columns as they are now.
  package func again(_ connection: PostgresConnection) async throws -> TablePrints {
    var copy = self
    for (table, print) in tables {
      copy.tables[table] = try await Self.print(table, print.columns, connection)
    }
    return copy
  }

  /// A line for each table that is not the same.
  package func differences(to other: TablePrints) -> [String] {
    tables.keys.sorted().filter { tables[$0] != other.tables[$0] }.map { table in
      "\(table): \(tables[table]?.rows ?? 0) rows before, \(other.tables[table]?.rows ?? 0) after"
    }
  }

  private static func print(
    _ table: String, _ columns: [String], _ connection: PostgresConnection
  ) async throws -> Print {
    // The names come from the catalog, quoted by the server.
    let row = SQL(unsafeText: "row(\(columns.joined(separator: ", ")))::text")
    let (rows, checksum) = try await connection.query(
      """
      select count(*), coalesce(md5(string_agg(r.line, '' order by r.line)), '')
      from (select md5(\(row)) as line from \(identifier: table)) as r
      """
    ).one().decode((Int64, String).self)
    return Print(columns: columns, rows: rows, checksum: checksum)
  }
}
