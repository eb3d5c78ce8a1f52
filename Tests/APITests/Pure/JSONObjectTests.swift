import API
import Testing

@Suite("JSON that comes from outside")
struct JSONObjectTests {
  private func object(_ text: String) throws(JSONProblem) -> JSONObject {
    try JSONObject(Array(text.utf8))
  }

  @Test("Members are read by name, kind and escape")
  func members() throws {
    let json = try object(
      #" {"a": "x\u00e9\n\ud83c\udc00", "b": -12, "c": {"d": [1, {"e": null}]}, "f": null, "g": true} "#
    )
    #expect(try json.text("a") == "xé\n🀀")
    #expect(try json.integer("b") == -12)
    #expect(try json.object("c")?.has("d") == true)
    #expect(try json.text("f") == nil)
    #expect(try json.flag("g") == true)
    #expect(throws: JSONProblem.wrongValue("b", expected: "a string")) { try json.text("b") }
  }

  @Test("An array of objects is read, strings with brackets in it too")
  func arrays() throws {
    let json = try object(#"{"rooms": [{"id": 1}, {"id": 2, "x": "],{\""} ], "empty": []}"#)
    #expect(try json.objects("rooms", atMost: 2)?.map { try $0.integer("id") } == [1, 2])
    #expect(try json.objects("empty", atMost: 2)?.isEmpty == true)
    #expect(throws: JSONProblem.self) { try json.objects("rooms", atMost: 1) }
  }

  @Test(
    "What parsers read differently from each other is refused",
    arguments: [
      #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, #"{"x":{"a":1,"a":1}}"#, "{\"a\":\"\u{0}\"}",
      #"{"a":"\u0000"}"#, #"{"a":"\ud800"}"#, #"{"a":"\udc00x"}"#, #"{"a":01}"#, #"{"a":+1}"#,
      #"{"a":1.}"#, #"{"a":.5}"#, #"{"a":1e}"#, #"{"a":tru}"#, #"{"a":}"#, #"{"a"}"#, #"{"a":1,}"#,
      #"{a:1}"#, #"{'a':1}"#, #"{"a":1} x"#, #"{"a":"\x"}"#, "{\"a\":\"\n\"}", "", " ", "[]", "1",
      #""x""#, "null", "{", #"{"a":[1,]}"#, #"{"a":[1 2]}"#, "\u{FEFF}{}",
    ])
  func refused(_ text: String) {
    #expect(throws: JSONProblem.self) { try object(text) }
  }

  @Test("Depth, members and numbers have limits")
  func limits() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: #"{"a":"#, count: depth) + "1" + String(repeating: "}", count: depth)
    }
    _ = try object(nested(32))
    #expect(throws: JSONProblem.tooDeep(limit: 32)) { try object(nested(33)) }
    let arrays = #"{"a":"# + String(repeating: "[", count: 100_000)
    #expect(throws: JSONProblem.tooDeep(limit: 32)) { try object(arrays) }
    let many = "{" + (0..<200).map { "\"\($0)\":1" }.joined(separator: ",") + "}"
    #expect(throws: JSONProblem.tooManyMembers(limit: 128)) { try object(many) }
    let big = try object(#"{"a":9223372036854775808,"b":-9223372036854775808,"c":1.0,"d":1e3}"#)
    #expect(throws: JSONProblem.self) { try big.integer("a") }
    #expect(try big.integer("b") == .min)
    #expect(throws: JSONProblem.self) { try big.integer("c") }
    #expect(throws: JSONProblem.self) { try big.integer("d") }
    #expect(throws: JSONProblem.notUTF8) { try JSONObject([0x7B, 0x22, 0xFF, 0x22, 0x7D]) }
  }
}
