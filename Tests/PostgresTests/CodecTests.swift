import FoundationEssentials
import Postgres
import TestSupport
import Testing

/// What goes to the server in binary must be what the server reads in text, and come back the same.
@Suite("Values", .timeLimit(.minutes(5)))
struct CodecTests {
  /// Sends a value, compares the server's own text of it, and reads it back.
  func expectRoundTrip<Value: PostgresEncodable & PostgresDecodable & Equatable>(
    _ value: Value,
    as text: String?,
    _ connection: PostgresConnection,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let row = try await connection.query("select \(value), \(value)::text").one()
    let (back, seen) = try row.decode((Value, String?).self)
    #expect(back == value, sourceLocation: sourceLocation)
    if let text { #expect(seen == text, sourceLocation: sourceLocation) }
  }

  @Test("Whole numbers keep their value at both ends of their range")
  func wholeNumbers() async throws {
    try await withDatabaseConnection { connection in
      for value in [Int16.min, -1, 0, 1, .max] {
        try await expectRoundTrip(value, as: "\(value)", connection)
      }
      for value in [Int32.min, -1, 0, 1, .max] {
        try await expectRoundTrip(value, as: "\(value)", connection)
      }
      for value in [Int64.min, -1, 0, 1, .max] {
        try await expectRoundTrip(value, as: "\(value)", connection)
        try await expectRoundTrip(Int(value), as: "\(value)", connection)
        try await expectRoundTrip(
          Int128(value) * 1_000_003,
          as: "\(Int128(value) * 1_000_003)",
          connection
        )
      }
      try await expectRoundTrip(Int128.max, as: "\(Int128.max)", connection)
      try await expectRoundTrip(Int128.min, as: "\(Int128.min)", connection)
      try await expectRoundTrip(UInt32.max, as: "4294967295", connection)
      try await expectRoundTrip(true, as: "true", connection)
      try await expectRoundTrip(false, as: "false", connection)
    }
  }

  @Test("Texts keep every character, and their length in bytes")
  func texts() async throws {
    try await withDatabaseConnection { connection in
      for value in ["", "a", "Zoë 🀱", "quote ' \" \\ $1", String(repeating: "x", count: 70_000)] {
        try await expectRoundTrip(value, as: value, connection)
        try await expectRoundTrip(Array(value.utf8), as: nil, connection)
      }
      try await expectRoundTrip([UInt8](0...255), as: nil, connection)
      try await expectRoundTrip([0, 255] as [UInt8], as: "\\x00ff", connection)
    }
  }

  @Test("Floating point numbers keep every bit")
  func floatingPoint() async throws {
    try await withDatabaseConnection { connection in
      for value in [0, -0.0, 1.5, .pi, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .infinity]
      {
        try await expectRoundTrip(value, as: nil, connection)
      }
      let row = try await connection.query("select 'NaN'::float8, 0.5::float4").one()
      let (nan, half) = try row.decode((Double, Double).self)
      #expect(nan.isNaN)
      #expect(half == 0.5)
    }
  }

  @Test("Moments keep their microseconds, days their day, both their infinities")
  func moments() async throws {
    try await withDatabaseConnection { connection in
      try await connection.execute("set timezone to 'UTC'")
      try await expectRoundTrip(
        Timestamp(microseconds: 1),
        as: "1970-01-01 00:00:00.000001+00",
        connection
      )
      try await expectRoundTrip(
        Timestamp(microseconds: 1_700_000_000_123_456),
        as: "2023-11-14 22:13:20.123456+00",
        connection
      )
      try await expectRoundTrip(
        Timestamp(microseconds: -62_135_596_800_000_000),
        as: "0001-01-01 00:00:00+00",
        connection
      )
      try await expectRoundTrip(Timestamp.infinity, as: "infinity", connection)
      try await expectRoundTrip(Timestamp.negativeInfinity, as: "-infinity", connection)
      try await expectRoundTrip(Day(daysSince1970: 0), as: "1970-01-01", connection)
      try await expectRoundTrip(Day(daysSince1970: 19_675), as: "2023-11-14", connection)
      try await expectRoundTrip(Day(daysSince1970: .max), as: "infinity", connection)
    }
  }

  @Test("Decimal numbers are written as the server writes them")
  func decimals() async throws {
    try await withDatabaseConnection { connection in
      let texts = [
        "0", "0.00", "1", "-1", "10000", "12345678901234567890.00012300", "0.0001", "0.00001",
        "-0.5", "100000000", "NaN", "Infinity", "-Infinity", "99999.9999", "1000000000000.0",
      ]
      for text in texts {
        try await expectRoundTrip(try #require(Numeric(text)), as: text, connection)
      }
      #expect(Numeric("12a") == nil)
      #expect(Numeric("") == nil)
      #expect(Numeric(".") == nil)
    }
  }

  @Test("Random decimal numbers survive the way to the server and back")
  func randomDecimals() async throws {
    try await withDatabaseConnection { connection in
      var random = SeededRandom(seed: 7)
      for _ in 0..<300 {
        let whole = String(
          Int.random(in: 0...Int.max, using: &random) >> Int.random(in: 0..<63, using: &random)
        )
        let fraction = String(Int.random(in: 0...999_999_999, using: &random))
        let sign = Bool.random(using: &random) ? "-" : ""
        let text = sign + whole + "." + fraction
        let (sent, seen, read) = try await connection.query(
          "select \(try #require(Numeric(text)))::text, \(text)::numeric::text, \(text)::numeric"
        ).one().decode((String, String, Numeric).self)
        #expect(sent == seen)
        #expect(read.text == seen)
      }
    }
  }

  @Test("JSON documents come back as the server keeps them")
  func json() async throws {
    try await withDatabaseConnection { connection in
      let row = try await connection.query(
        "select \(JSONText(#"{"a":[1,2]}"#)), '{\"a\": 1}'::json, null::jsonb"
      ).one()
      let (jsonb, json, none) = try row.decode((JSONText, JSONText, JSONText?).self)
      #expect(jsonb.text == #"{"a": [1, 2]}"#)
      #expect(json.text == #"{"a": 1}"#)
      #expect(none == nil)
    }
  }

  @Test("Arrays of every type, empty, with NULLs and with thousands of elements")
  func arrays() async throws {
    try await withDatabaseConnection { connection in
      let id = UUID(uuidString: "0188AB00-0000-7000-8000-00000000000F")!
      try await expectRoundTrip([Int64](), as: "{}", connection)
      try await expectRoundTrip([1, 2, 3] as [Int64], as: "{1,2,3}", connection)
      try await expectRoundTrip([1, nil, 3] as [Int64?], as: "{1,NULL,3}", connection)
      try await expectRoundTrip([nil] as [String?], as: "{NULL}", connection)
      try await expectRoundTrip([1, -1] as [Int16], as: "{1,-1}", connection)
      try await expectRoundTrip([1, -1] as [Int32], as: "{1,-1}", connection)
      try await expectRoundTrip([1, -1], as: "{1,-1}", connection)
      try await expectRoundTrip([true, false], as: "{t,f}", connection)
      try await expectRoundTrip([true, nil], as: "{t,NULL}", connection)
      try await expectRoundTrip([1.5, -2], as: "{1.5,-2}", connection)
      try await expectRoundTrip(["a", "", "b,c", "NULL"], as: #"{a,"","b,c","NULL"}"#, connection)
      try await expectRoundTrip(["a", nil], as: "{a,NULL}", connection)
      try await expectRoundTrip([[1, 2], []] as [[UInt8]], as: #"{"\\x0102","\\x"}"#, connection)
      try await expectRoundTrip([[1], nil] as [[UInt8]?], as: #"{"\\x01",NULL}"#, connection)
      try await expectRoundTrip(
        [id, nil],
        as: "{0188ab00-0000-7000-8000-00000000000f,NULL}",
        connection
      )
      try await expectRoundTrip([id], as: nil, connection)
      try await expectRoundTrip([Numeric("1.50")!], as: "{1.50}", connection)
      try await expectRoundTrip([Int128(5), nil], as: "{5,NULL}", connection)
      try await expectRoundTrip([JSONText("{}")], as: "{\"{}\"}", connection)
      try await expectRoundTrip([Timestamp(microseconds: 5), nil], as: nil, connection)
      try await expectRoundTrip([Day(daysSince1970: 0)], as: "{1970-01-01}", connection)
      try await expectRoundTrip(Array(Int64(0)..<5_000), as: nil, connection)
      try await expectRoundTrip((0..<5_000).map { "text \($0)" }, as: nil, connection)
      try await expectRoundTrip(Optional<[Int]>.none, as: nil, connection)
      try await expectRoundTrip(Optional([1]), as: "{1}", connection)
    }
  }

  @Test("An array of more than one dimension is refused")
  func twoDimensions() async throws {
    try await withDatabaseConnection { connection in
      let rows = try await connection.query("select array[[1, 2], [3, 4]]::int8[]")
      #expect(throws: PostgresError.self) { try rows.one().decode([Int64].self) }
    }
  }

  @Test("Types with a raw value travel as it, alone and in arrays")
  func rawValues() async throws {
    struct Player: RawRepresentable, PostgresScalar, Equatable { var rawValue: Int64 }
    enum Side: String, PostgresScalar { case left, right }
    try await withDatabaseConnection { connection in
      try await expectRoundTrip(Player(rawValue: 7), as: "7", connection)
      try await expectRoundTrip([Player(rawValue: 7)], as: "{7}", connection)
      try await expectRoundTrip([Side.left, nil], as: "{left,NULL}", connection)
      let rows = try await connection.query("select 'middle'::text")
      #expect(throws: PostgresError.self) { try rows.one().decode(Side.self) }
    }
  }
}

/// Numbers that only seem to be random.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
