import Testing

import Migrations

@Suite("A migration file is checked before it is run")
struct MigrationFileTests {
  @Test("Number, name, hash and text are read")
  func isRead() throws {
    let file = try sample("007_player_limits.sql", "select 1;\n")
    #expect(file.version == 7)
    #expect(file.name == "player_limits")
    #expect(file.mode == .transaction)
    // Source: printf 'select 1;\n' | sha256sum
    #expect(
      file.sha256 == "4a45092ccf992ea92250053a80b931b787924ba61648f420555511b84f10ab6c"
    )
  }

  @Test(
    "A name that is no migration's is refused",
    arguments: [
      "1_a.sql", "0001_a.sql", "000_a.sql", "001-a.sql", "001_.sql", "001.sql", "001_A.sql",
      "001_a b.sql", "abc_a.sql", "001_a.sql.txt", "+01_a.sql",
    ]
  )
  func refusesName(name: String) {
    #expect(throws: MigrationProblem.badFileName(file: name)) { try sample(name) }
  }

  @Test(
    "What must not be in a file is refused with its line",
    arguments: [
      ("select 1;\nbegin;\n", 2, "BEGIN"),
      ("start transaction;\n", 1, "START TRANSACTION"),
      ("select 1;\ncommit;\n", 2, "COMMIT"),
      ("END;\n", 1, "END"),
      ("rollback;\n", 1, "ROLLBACK"),
      ("savepoint a;\n", 1, "SAVEPOINT"),
      ("select 1;\n\n\\echo hello\n", 3, "a psql command (backslash)"),
      ("select 1\n\\gset\n", 2, "a psql command (backslash)"),
      ("copy t from stdin;\n", 1, "COPY from or to the client (use INSERT)"),
    ]
  )
  func refusesStatement(sql: String, line: Int, what: String) {
    #expect(throws: MigrationProblem.forbidden(file: "001_a.sql", line: line, what: what)) {
      try sample("001_a.sql", sql)
    }
  }

  @Test(
    "The same words inside a body or a string are fine",
    arguments: [
      "do $$ begin commit; end $$;\n",
      "create function f() returns int language sql begin atomic; select 1; end;\n",
      "select 'begin', e'\\\\', '\\';\n",
      "create table begin_at (a int);\n",
    ]
  )
  func acceptsWords(sql: String) throws {
    #expect(try sample("001_a.sql", sql).sql == sql)
  }

  @Test(
    "Bytes that would hash differently elsewhere are refused",
    arguments: ["select 1;", "select 1;\r\n", "select '\r';\n"]
  )
  func refusesLineEndings(sql: String) {
    #expect(throws: MigrationProblem.wrongLineEndings(file: "001_a.sql")) {
      try sample("001_a.sql", sql)
    }
  }

  @Test("A file that is empty or not UTF-8 is refused")
  func refusesUnreadable() {
    #expect(throws: MigrationProblem.emptyFile(file: "001_a.sql")) {
      try sample("001_a.sql", "-- nothing\n;\n")
    }
    #expect(throws: MigrationProblem.notUTF8(file: "001_a.sql")) {
      try MigrationFile(fileName: "001_a.sql", bytes: [0xFF, 0x0A])
    }
  }
}

@Suite("A file without a transaction asks for it and can be repeated")
struct NoTransactionFileTests {
  private let header = "-- 002: an index\n-- higgs: no-transaction\n\n"

  @Test("The header decides the mode, and only before the first statement")
  func headerDecides() throws {
    let sql = "create index concurrently if not exists i on t (a);\n"
    #expect(try sample("001_a.sql", header + sql).mode == .statements)
    #expect(
      throws: MigrationProblem.needsNoTransaction(
        file: "001_a.sql",
        line: 1,
        what: "CONCURRENTLY"
      )
    ) {
      try sample("001_a.sql", sql + header)
    }
    #expect(throws: MigrationProblem.unknownDirective(file: "001_a.sql", directive: "no-lock")) {
      try sample("001_a.sql", "-- higgs: no-lock\nselect 1;\n")
    }
  }

  @Test(
    "Repeatable statements are accepted",
    arguments: [
      "set role higgs_owner", "reset role", "comment on index i is 'x'", "analyze t",
      "create unique index concurrently if not exists i on t (a)",
      "create index if not exists i on only t (a)", "alter index i attach partition j",
      "drop index concurrently if exists i", "alter type m add value if not exists 'c'",
      "alter table t validate constraint c", "refresh materialized view concurrently m",
    ]
  )
  func accepts(statement: String) throws {
    #expect(try sample("001_a.sql", header + statement + ";\n").mode == .statements)
  }

  @Test(
    "Statements that would fail or harm the second time are refused",
    arguments: [
      "create index concurrently i on t (a)", "create index concurrently on t (a)",
      "drop index concurrently i", "create table t ()", "insert into t values (1)",
      "update t set a = a + 1", "alter table t add column b int", "alter type m add value 'c'",
    ]
  )
  func refuses(statement: String) {
    do {
      _ = try sample("001_a.sql", header + statement + ";\n")
      Issue.record("accepted: \(statement)")
    } catch MigrationProblem.notRepeatable(_, let line, _) {
      #expect(line == 4)
    } catch {
      Issue.record("\(error)")
    }
  }
}
