import Testing

import Migrations

@Suite("Two catalogs are compared object by object")
struct CatalogDifferenceTests {
  private let table = CatalogObject(
    kind: "table",
    name: "public.t",
    schema: "public",
    properties: ["owner": "ada", "column order": "a b c"]
  )

  private func column(_ name: String, _ properties: [String: String]) -> CatalogObject {
    CatalogObject(
      kind: "column",
      name: "public.t.\(name)",
      parent: "table public.t",
      schema: "public",
      properties: properties
    )
  }

  private func lines(_ expected: [CatalogObject], _ found: [CatalogObject]) -> [String] {
    CatalogSnapshot(expected).differences(to: CatalogSnapshot(found)).map(\.line)
  }

  @Test("Equal catalogs have no difference, in whatever order they were read")
  func equal() {
    let objects = [table, column("a", ["type": "integer"])]
    #expect(lines(objects, objects.reversed()).isEmpty)
  }

  @Test("A property that differs is one line with both sides")
  func propertyDiffers() {
    #expect(
      lines([column("a", ["type": "bytea"])], [column("a", ["type": "text"])])
        == ["column public.t.a: type: expected bytea, found text"]
    )
  }

  @Test("A property that one side lacks is 'nothing' there")
  func propertyMissing() {
    #expect(
      lines([column("a", ["type": "text", "default": "1"])], [column("a", ["type": "text"])])
        == ["column public.t.a: default: expected 1, found nothing"]
    )
  }

  @Test("A missing and an unexpected object are named by what they are")
  func objectMissing() {
    #expect(
      lines([table, column("a", ["type": "text"])], [table, column("b", ["type": "date"])])
        == [
          "column public.t.a: expected text, found nothing",
          "column public.t.b: expected nothing, found date",
        ]
    )
  }

  @Test("The columns of a missing table are not listed again")
  func childrenOfMissing() {
    let objects = [table, column("a", ["type": "text"])]
    #expect(lines(objects, []) == ["table public.t: expected table, found nothing"])
    #expect(lines([], objects) == ["table public.t: expected nothing, found table"])
  }

  @Test("Column order counts only the columns that both sides have")
  func columnOrder() {
    let found = { (order: String) in
      CatalogObject(
        kind: "table",
        name: "public.t",
        schema: "public",
        properties: ["owner": "ada", "column order": order]
      )
    }
    #expect(lines([table], [found("a c d")]).isEmpty)
    #expect(
      lines([table], [found("b a c")])
        == ["table public.t: column order: expected a b c, found b a c"]
    )
  }

  @Test("Of a long text the first line that differs is shown")
  func longText() {
    let function = { (body: String) in
      CatalogObject(kind: "function", name: "public.f()", properties: ["body": body])
    }
    #expect(
      lines([function("begin\n  a;\nend")], [function("begin\n  b;\nend")])
        == ["function public.f(): body (line 2): expected   a;, found   b;"]
    )
    #expect(
      lines([function("begin\n  a;\nend")], [function("begin\n  a;")])
        == ["function public.f(): body (line 3): expected end, found its end"]
    )
  }

  @Test("Of a long line the part around the first difference is shown")
  func longLine() {
    let start = String(repeating: "x", count: 300)
    let line = CatalogDifference(
      object: "o",
      property: "p",
      expected: start + "left",
      found: start + "right"
    ).line
    #expect(line.contains("xleft") && line.contains("xright"))
    #expect(line.count < 200)
  }

  @Test("Schemas can be left out with all that is in them")
  func leavesOutSchemas() {
    let other = CatalogObject(kind: "table", name: "mine.t", schema: "mine", properties: [:])
    #expect(CatalogSnapshot([table, other]).leavingOut(schemas: ["mine"]).objects == [table])
  }

  @Test("A snapshot prints one line a property, sorted")
  func prints() {
    let snapshot = CatalogSnapshot([
      table, column("a", ["type": "text", "comment": "two\nlines"]),
    ])
    #expect(
      snapshot.lines == [
        "column public.t.a: comment: two\\nlines",
        "column public.t.a: type: text",
        "table public.t: column order: a b c",
        "table public.t: owner: ada",
      ]
    )
  }
}
