import Postgres
import TestSupport
import Testing

@Suite("COPY, streams and scripts", .timeLimit(.minutes(5)))
struct CopyTests {
  let count = 100_000

  func fill(_ connection: PostgresConnection, from first: Int = 0) async throws -> Int {
    try await connection.copyIn("copy t from stdin") { writer in
      for start in stride(from: first, to: first + count, by: 1_000) {
        var lines = ""
        for number in start..<start + 1_000 { lines += "\(number)\ttext of row \(number)\n" }
        try await writer.write(Array(lines.utf8))
      }
    }
  }

  func withTable(_ body: (PostgresConnection) async throws -> Void) async throws {
    try await withDatabaseConnection { connection in
      try await connection.execute("create table t (n int8 primary key, words text)")
      try await body(connection)
    }
  }

  @Test("A hundred thousand rows go in and come out again")
  func bothWays() async throws {
    try await withTable { connection in
      #expect(try await fill(connection) == count)
      var bytes: [UInt8] = []
      try await connection.copyOut("copy (select * from t order by n) to stdout") { reader in
        for try await piece in reader { bytes += piece }
      }
      let lines = bytes.split(separator: UInt8(ascii: "\n"))
      #expect(lines.count == count)
      #expect(lines.last.map { String(decoding: $0, as: UTF8.self) } == "99999\ttext of row 99999")
      let sum = try await connection.query("select sum(n) from t").one().decode(Int128.self)
      #expect(sum == 4_999_950_000)
    }
  }

  @Test("A writer that throws stores nothing")
  func giveUp() async throws {
    struct Enough: Error {}
    try await withTable { connection in
      await #expect(throws: Enough.self) {
        try await connection.copyIn("copy t from stdin") { writer in
          try await writer.write(Array("1\tone\n".utf8))
          throw Enough()
        }
      }
      let rows = try await connection.query("select n from t")
      #expect(rows.isEmpty)
    }
  }

  @Test("Wrong data is the server's error, and the connection goes on")
  func wrongData() async throws {
    try await withTable { connection in
      let error = try await postgresError {
        try await connection.copyIn("copy t from stdin") { writer in
          for _ in 0..<100 { try await writer.write(Array("x\tone\n".utf8)) }
        }
      }
      #expect(error.sqlState == .invalidTextRepresentation)
      let missing = try await postgresError {
        try await connection.copyIn("copy nowhere from stdin") { _ in }
      }
      #expect(missing.sqlState == .undefinedTable)
      let direction = try await postgresError {
        try await connection.copyIn("copy t to stdout") { _ in }
      }
      guard case .wrongUse = direction else { throw TestFailure("unexpected: \(direction)") }
      let noCopy = try await postgresError {
        try await connection.copyOut("select 1") { _ in }
      }
      guard case .wrongUse = noCopy else { throw TestFailure("unexpected: \(noCopy)") }
      #expect(try await connection.query("select n from t").isEmpty)
    }
  }

  @Test("A reader may stop before the end")
  func readAPart() async throws {
    try await withTable { connection in
      _ = try await fill(connection)
      let first = try await connection.copyOut("copy t to stdout") { reader in
        for try await piece in reader { return piece.count }
        return 0
      }
      #expect(first > 0)
      #expect(try await connection.query("select 1").count == 1)
    }
  }

  @Test("Writers wait while the server does not take more, and statements wait for the copy")
  func writersWait() async throws {
    try await withDatabase { database in
      let connection = try await database.connect()
      try await connection.execute("create table t (n int8 primary key, words text)")
      let process = await connection.serverProcess
      stop(process)
      let copying = Task { try await fill(connection) }
      let asking = Task { try await connection.query("select count(*) from t") }
      try await PostgresConnection.withConnection(database.configuration) { other in
        for _ in 0..<100 { _ = try await other.query("select 1") }
      }
      resume(process)
      #expect(try await copying.value == count)
      _ = try await asking.value
      await connection.close()
    }
  }

  @Test("A copy whose task is cancelled stores nothing")
  func cancelled() async throws {
    try await withTable { connection in
      let task = Task {
        try await connection.copyIn("copy t from stdin") { writer in
          try await writer.write(Array("1\tone\n".utf8))
          withUnsafeCurrentTask { $0?.cancel() }
          while true { try await writer.write(Array("# not read\n".utf8)) }
        }
      }
      let error = try await postgresError { _ = try await task.value }
      #expect(error == .cancelled)
      #expect(try await connection.query("select n from t").isEmpty)
    }
  }

  @Test("A stream gives rows as they come, to the end or to where one stops")
  func streams() async throws {
    try await withTable { connection in
      _ = try await fill(connection)
      var sum: Int64 = 0
      try await connection.queryStream("select n, words from t where n >= \(10)") { rows in
        for try await row in rows { sum += try row.decode((Int64, String).self).0 }
      }
      #expect(sum == 4_999_949_955)
      // More rows than anybody could wait for.
      let read = try await connection.queryStream("select 1 from t a, t b") { rows in
        var read = 0
        for try await _ in rows {
          read += 1
          if read == 5_000 { break }
        }
        return read
      }
      #expect(read == 5_000)
      #expect(try await connection.query("select 1").count == 1)
    }
  }

  @Test("An error in the middle of a stream is thrown there")
  func streamError() async throws {
    try await withDatabaseConnection { connection in
      var seen = 0
      let error = try await postgresError {
        try await connection.queryStream(
          "select 1 / (1000 - n) from generate_series(1, 2000) n"
        ) { rows in
          for try await _ in rows { seen += 1 }
        }
      }
      #expect(error.sqlState == .divisionByZero)
      #expect(seen <= 999)
      #expect(try await connection.query("select 1").count == 1)
    }
  }

  @Test("A stream is of no use after its closure")
  func streamOutlived() async throws {
    try await withDatabaseConnection { connection in
      let stream = try await connection.queryStream("select 1") { $0 }
      var iterator = stream.makeAsyncIterator()
      let error = try await postgresError { _ = try await iterator.next() }
      guard case .wrongUse = error else { throw TestFailure("unexpected: \(error)") }
    }
  }

  @Test("A script does all of its statements or none, and returns the notices")
  func scripts() async throws {
    try await withDatabaseConnection { connection in
      let notices = try await connection.execute(
        script: """
          create table a (n int8);
          insert into a values (1), (2);
          do $$ begin raise notice 'hello %', 1; end $$;
          drop table if exists nothing;
          """
      )
      #expect(notices.count == 2)
      #expect(notices.first?.message == "hello 1")
      let error = try await postgresError {
        try await connection.execute(script: "create table b (n int8); select 1/0;")
      }
      #expect(error.sqlState == .divisionByZero)
      let rows = try await connection.query("select to_regclass('b')::text")
      #expect(try rows.one().decode(String?.self) == nil)
      #expect(try await connection.execute(script: "").isEmpty)
      let copy = try await postgresError {
        try await connection.execute(script: "copy a from stdin; select 1")
      }
      guard case .wrongUse = copy else { throw TestFailure("unexpected: \(copy)") }
      #expect(try await connection.query("select n from a").count == 2)
    }
  }
}
