import Redis
import TestSupport
import Testing

@Suite("RESP: the parser")
struct RESPParserTests {
  /// Wire texts with what they mean.
  private static let replies: [(wire: String, value: RESPValue)] = [
    ("+OK\r\n", .simple("OK")), ("+\r\n", .simple("")),
    ("-ERR no\r\n", .error("ERR no")), (":0\r\n", .integer(0)), (":-7\r\n", .integer(-7)),
    (":9223372036854775807\r\n", .integer(.max)), (":-9223372036854775808\r\n", .integer(.min)),
    ("$0\r\n\r\n", .bulk([])), ("$-1\r\n", .null), ("*-1\r\n", .null), ("*0\r\n", .array([])),
    ("$6\r\na\r\nb\r\n\r\n", .bulk(Array("a\r\nb\r\n".utf8))),
    (
      "*3\r\n:1\r\n*2\r\n$1\r\nx\r\n-E\r\n$-1\r\n",
      .array([.integer(1), .array([.bulk([120]), .error("E")]), .null])
    ), ("*1\r\n*1\r\n*0\r\n", .array([.array([.array([])])])),
  ]

  private func read(_ pieces: [[UInt8]], limits: RESPLimits = RESPLimits()) throws -> [RESPValue] {
    var parser = RESPParser(limits: limits)
    var values: [RESPValue] = []
    for piece in pieces {
      parser.feed(piece)
      while let value = try parser.next() { values.append(value) }
    }
    #expect(!parser.isInside)
    return values
  }

  @Test("Every kind of reply is read", arguments: replies)
  func kinds(_ wire: String, _ value: RESPValue) throws {
    #expect(try read([Array(wire.utf8)]) == [value])
  }

  @Test("Torn at every byte, and at every pair of places, replies are the same")
  func torn() throws {
    let bytes = Array(Self.replies.map(\.wire).joined().utf8)
    let values = Self.replies.map(\.value)
    #expect(try read(bytes.map { [$0] }) == values)
    for first in 0...bytes.count {
      for second in stride(from: first, through: bytes.count, by: 7) {
        let pieces = [bytes[..<first], bytes[first..<second], bytes[second...]].map { Array($0) }
        #expect(try read(pieces) == values)
      }
    }
  }

  // Looked at anew with each piece it would be 500 gigabytes.
  @Test(
    "A large reply in small pieces takes time in proportion to its size", .timeLimit(.minutes(1)))
  func large() throws {
    let payload = [UInt8](repeating: 7, count: 8 << 20)
    let wire = Array("$\(payload.count)\r\n".utf8) + payload + [13, 10]
    var parser = RESPParser()
    var found: [RESPValue] = []
    for start in stride(from: 0, to: wire.count, by: 64) {
      parser.feed(wire[start..<min(start + 64, wire.count)])
      if let value = try parser.next() { found.append(value) }
    }
    #expect(found == [.bulk(payload)])
  }

  @Test(
    "What is no reply is refused, and stays refused",
    arguments: [
      ("HTTP/1.1 400 Bad Request\r\n", RESPViolation.unknownKind(72)),
      ("\r\n", .unknownKind(13)), ("+OK\n", .badLineEnd), ("\n", .badLineEnd),
      (":\r\n", .badNumber), (":1a\r\n", .badNumber), (":+1\r\n", .badNumber),
      (":9223372036854775808\r\n", .badNumber), ("$-2\r\n", .badNumber), ("*-2\r\n", .badNumber),
      ("$ 1\r\n", .badNumber), ("$1\r\nxyz", .badBulkEnd), ("$1\r\nx\n\n", .badBulkEnd),
      ("*1\r\n?\r\n", .unknownKind(63)), ("%1\r\n", .unknownKind(37)),
      ("$99999999\r\n", .bulkTooLarge(limit: 8 << 20)),
      ("*100001\r\n", .tooManyElements(limit: 100_000)),
      (String(repeating: "*1\r\n", count: 9), .tooDeep(limit: 8)),
    ])
  func hostile(_ wire: String, _ violation: RESPViolation) {
    var parser = RESPParser()
    parser.feed(Array(wire.utf8))
    #expect(throws: violation) { try parser.next() }
    parser.feed(Array("+OK\r\n".utf8))
    #expect(throws: violation) { try parser.next() }
  }

  @Test("Text that is no UTF-8 is refused, in a bulk it is bytes")
  func text() throws {
    var parser = RESPParser()
    parser.feed([UInt8(ascii: "+"), 0xFF, 13, 10])
    #expect(throws: RESPViolation.badText) { try parser.next() }
    #expect(try read([Array("$1\r\n".utf8) + [0xFF, 13, 10]]) == [.bulk([0xFF])])
  }

  @Test("Limits hold for lines without an end, for sums, and begin anew with each reply")
  func limits() throws {
    var limits = RESPLimits()
    (limits.lineBytesMax, limits.elementsMax, limits.replyBytesMax) = (10, 3, 30)
    func violation(_ wire: String) -> RESPViolation? {
      do throws(RESPViolation) {
        var parser = RESPParser(limits: limits)
        for byte in wire.utf8 {
          parser.feed([byte])
          while try parser.next() != nil {}
        }
        return nil
      } catch { return error }
    }
    #expect(violation("+" + String(repeating: "x", count: 50)) == .lineTooLong(limit: 10))
    #expect(violation("+123456789\r\n") == nil)
    #expect(violation("+1234567890\r\n") == .lineTooLong(limit: 10))
    #expect(violation("*2\r\n*2\r\n:1\r\n") == .tooManyElements(limit: 3))
    #expect(violation("*3\r\n:1\r\n:2\r\n:3\r\n*3\r\n:1\r\n:2\r\n:3\r\n") == nil)
    #expect(
      violation("*2\r\n$14\r\n12345678901234\r\n$14\r\n") == .replyTooLarge(limit: 30))
  }

  @Test("Random bytes never crash it, and what it gives can be written again")
  func random() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    let letters = Array("+-:$*0123456789\r\n\r\nab".utf8)
    for _ in 0..<20_000 {
      var parser = RESPParser()
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        parser.feed(
          (0..<Int.random(in: 1...12, using: &random)).compactMap { _ in
            letters.randomElement(using: &random)
          })
        while let value = try? parser.next() {
          var again = RESPParser()
          again.feed(Self.wire(value))
          #expect((try? again.next()) == value, "seed \(seed)")
        }
      }
    }
  }

  @Test("A command is an array of bulks, whatever its words are")
  func commands() throws {
    let command = RedisCommand(bytes: [Array("SET".utf8), [], [13, 10, 0, 255]])
    let head = Array("*3\r\n$3\r\nSET\r\n$0\r\n\r\n$4\r\n".utf8)
    #expect(command.encoded == head + [13, 10, 0, 255, 13, 10])
    #expect(try read([command.encoded]) == [.array(command.words.map { .bulk($0) })])
  }

  private static func wire(_ value: RESPValue) -> [UInt8] {
    switch value {
    case .simple(let text): Array("+\(text)\r\n".utf8)
    case .error(let text): Array("-\(text)\r\n".utf8)
    case .integer(let number): Array(":\(number)\r\n".utf8)
    case .bulk(let bytes): Array("$\(bytes.count)\r\n".utf8) + bytes + [13, 10]
    case .null: Array("$-1\r\n".utf8)
    case .array(let values): Array("*\(values.count)\r\n".utf8) + values.flatMap(wire)
    }
  }
}
