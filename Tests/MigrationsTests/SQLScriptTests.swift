import Testing

import Migrations

@Suite("A script is cut into its statements")
struct SQLScriptTests {
  @Test(
    "A semicolon ends a statement, unless it is inside something",
    arguments: [
      ("select 1; select 2", 2),
      ("select ';'; select 1", 2),
      ("select 'it''s;'; select 1", 2),
      (#"select e'\';'; select 1"#, 2),
      (#"select '\'; select 1"#, 2),
      (#"create table "a;b" ()"#, 1),
      (#"create table "a"";b" ()"#, 1),
      ("do $$ begin x; end $$; select 1", 2),
      ("do $a$ $$;$$ $b$;$b$ $a$; select 1", 2),
      ("select $1; select 2", 2),
      ("-- a; b\nselect 1; -- c;\n", 1),
      ("/* a; /* b; */ c; */ select 1", 1),
      ("create rule r as on insert to t do (select 1; select 2); select 3", 2),
      ("create function f() returns int language sql begin atomic; select 1; end; select 2", 2),
      (
        """
        create function f() returns int language sql
        begin atomic; select case when true then 1 else 2 end; end; select 2
        """, 2
      ),
      ("create function f() returns int return 1; select 2", 2),
      ("begin; select 1; end", 3),
      (";;  ; -- nothing\n", 0),
      ("select 'left open; ", 1),
      ("/* left open; select 1;", 0),
    ]
  )
  func cuts(script: String, count: Int) {
    #expect(SQLScript(script).statements.count == count)
  }

  @Test("A statement knows its text, its line and its words")
  func knowsItsPlace() {
    let script = SQLScript("-- first\n\nselect 1;\n\n  Create  TABLE t (\n  a int -- x\n) ;")
    #expect(script.statements.map(\.line) == [3, 5])
    #expect(script.statements.map(\.text) == ["select 1", "Create  TABLE t (\n  a int -- x\n)"])
    #expect(script.statements[1].starts(with: "create table"))
    #expect(!script.statements[1].starts(with: "create table if"))
  }

  @Test(
    "The index of CREATE INDEX is found where it can be repeated",
    arguments: [
      (
        "create index concurrently if not exists i on public.t (a)",
        CreatedIndex(name: "i", schema: "public", table: "t", isConcurrent: true)
      ),
      (
        #"create unique index if not exists "My Index" on only "T" (a)"#,
        CreatedIndex(name: "My Index", schema: nil, table: "T", isConcurrent: false)
      ),
      ("create index concurrently i on t (a)", nil),
      ("create index on t (a)", nil),
      ("create index if not exists on t (a)", nil),
      ("create table if not exists t ()", nil),
      ("create index if not exists i", nil),
    ]
  )
  func findsIndex(sql: String, expected: CreatedIndex?) throws {
    let statement = try #require(SQLScript(sql).statements.first)
    #expect(statement.createdIndex == expected)
  }

  @Test("CONCURRENTLY is taken out for a database that nobody uses, and nothing else")
  func takesOutConcurrently() throws {
    let sql = "create index concurrently if not exists i on t (a) where b = 'concurrently'"
    let statement = try #require(SQLScript(sql).statements.first)
    #expect(
      statement.withoutConcurrently
        == "create index  if not exists i on t (a) where b = 'concurrently'"
    )
    let other = try #require(SQLScript("analyze t").statements.first)
    #expect(other.withoutConcurrently == "analyze t")
  }
}
