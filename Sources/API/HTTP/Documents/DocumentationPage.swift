import Crypto
import Foundation

/// The OpenAPI file as a page for people: one piece of HTML, without scripts and without anything
/// from elsewhere.
struct DocumentationPage {
  let contract: YAMLOutline

  private static let methods = ["get", "post", "put", "patch", "delete"]

  /// The whole page.
  var html: String {
    let title = Self.escaped(contract["info"]?["title"]?.text ?? "API")
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><title>\(title): API</title>
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <style>\(Self.style)</style></head><body>
      <header><h1>\(title) <small>\(text(contract["info"]?["version"]))</small></h1>
      <p>\(text(contract["info"]?["description"]))</p>
      <p><a href="/openapi.yaml">openapi.yaml</a></p></header>
      <nav>\(tags.map { "<a href=\"#tag-\($0)\">\($0)</a>" }.joined(separator: " "))
      <a href="#schemas">Schemas</a> <a href="#problems">Problems</a></nav>
      <main>\(tags.map(section).joined())\(schemas)\(problems)</main></body></html>
      """
  }

  /// What the page needs of a content security policy: its own style, by its hash.
  static var contentPolicy: String {
    let hash = Data(SHA256.hash(data: Data(style.utf8))).base64EncodedString()
    return "default-src 'none'; style-src 'sha256-\(hash)'; base-uri 'none'; "
      + "frame-ancestors 'none'; form-action 'none'"
  }

  private var tags: [String] { contract["tags"]?.elements.compactMap { $0["name"]?.text } ?? [] }

  private func section(_ tag: String) -> String {
    let about = contract["tags"]?.elements.first { $0["name"]?.text == tag }?["description"]
    let operations = (contract["paths"]?.members ?? []).flatMap { path in
      path.value.members.filter {
        Self.methods.contains($0.name)
          && $0.value["tags"]?.elements.contains(.scalar(tag)) == true
      }.map { operation(path.name, $0.name, $0.value) }
    }
    return "<section id=\"tag-\(tag)\"><h2>\(tag)</h2><p>\(text(about))</p>"
      + operations.joined() + "</section>"
  }

  private func operation(_ path: String, _ method: String, _ operation: YAMLOutline) -> String {
    let needsToken = operation["security"] == nil ? "" : " <span class=\"token\">token</span>"
    let description = operation["description"].map { "<p>\(text($0))</p>" } ?? ""
    return """
      <article id="\(text(operation["operationId"]))"><h3><code class="\(method)">\
      \(method.uppercased())</code> <code>\(Self.escaped(path))</code>\(needsToken)</h3>
      <p><b>\(text(operation["summary"]))</b></p>\(description)
      \(parameters(operation))\(body(operation))\(responses(operation))</article>
      """
  }

  private func parameters(_ operation: YAMLOutline) -> String {
    let rows = (operation["parameters"]?.elements ?? []).map(resolved).map { parameter in
      "<tr><td><code>\(text(parameter["name"]))</code></td><td>\(text(parameter["in"]))</td>"
        + "<td>\(type(parameter["schema"]))</td><td>\(text(parameter["description"]))</td></tr>"
    }
    return rows.isEmpty
      ? "" : "<table><caption>Parameters</caption>\(rows.joined())</table>"
  }

  private func body(_ operation: YAMLOutline) -> String {
    let schema = operation["requestBody"]?["content"]?["application/json"]?["schema"]
    return schema.map { "<p>Body: \(type($0))</p>" } ?? ""
  }

  private func responses(_ operation: YAMLOutline) -> String {
    let rows = (operation["responses"]?.members ?? []).map { response in
      let answer = resolved(response.value)
      let schema = answer["content"]?.members.first?.value["schema"]
      return "<tr><td>\(response.name)</td><td>\(text(answer["description"]))</td>"
        + "<td>\(schema.map { type($0) } ?? "")</td></tr>"
    }
    return "<table><caption>Answers</caption>\(rows.joined())</table>"
  }

  private var schemas: String {
    let all = (contract["components"]?["schemas"]?.members ?? []).map { schema in
      let required = schema.value["required"]?.elements ?? []
      let rows = (schema.value["properties"]?.members ?? []).map { property in
        let mark = required.contains(.scalar(property.name)) ? "" : " <i>may be missing</i>"
        return "<tr><td><code>\(property.name)</code></td><td>\(type(property.value))\(mark)</td>"
          + "<td>\(text(property.value["description"]))</td></tr>"
      }
      return "<article id=\"schema-\(schema.name)\"><h3>\(schema.name)</h3>"
        + "<table>\(rows.joined())</table></article>"
    }
    return "<section id=\"schemas\"><h2>Schemas</h2>\(all.joined())</section>"
  }

  private var problems: String {
    let rows = ProblemCatalog.all.map { problem in
      "<tr id=\"problem-\(problem.code)\"><td><code>\(problem.code)</code></td>"
        + "<td>\(Self.escaped(problem.meaning))</td></tr>"
    }
    return "<section id=\"problems\"><h2>Problems</h2><p>What goes wrong is answered as "
      + "application/problem+json (RFC 9457) with a stable code.</p>"
      + "<table>\(rows.joined())</table></section>"
  }

  private func type(_ schema: YAMLOutline?) -> String {
    guard let schema else { return "" }
    if let reference = schema["$ref"]?.text, let name = reference.split(separator: "/").last {
      return "<a href=\"#schema-\(name)\">\(name)</a>"
    }
    if let items = schema["items"] { return "list of \(type(items))" }
    let types = schema["type"]?.elements.compactMap(\.text) ?? []
    let name = types.isEmpty ? text(schema["type"]) : types.joined(separator: " or ")
    return schema["format"].map { "\(name), \(text($0))" } ?? name
  }

  /// What a reference points to.
  private func resolved(_ node: YAMLOutline) -> YAMLOutline {
    guard let reference = node["$ref"]?.text else { return node }
    let steps = reference.split(separator: "/").dropFirst().map(String.init)
    return steps.reduce(contract as YAMLOutline?) { $0?[$1] } ?? node
  }

  private func text(_ node: YAMLOutline?) -> String { Self.escaped(node?.text ?? "") }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }

  private static let style = """
    :root{color-scheme:light dark;--line:#8885;--soft:#8882}
    body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}
    nav{position:sticky;top:0;background:Canvas;padding:.6rem 0;border-bottom:1px solid var(--line)}
    nav a{margin-right:.8rem} h2{margin-top:2.5rem} small{font-weight:400;opacity:.7}
    article{border:1px solid var(--line);border-radius:.6rem;padding:.2rem 1rem .8rem;margin:1rem 0}
    h3{overflow-wrap:anywhere} code{font:.95em ui-monospace,monospace}
    code.get,code.post,code.patch,code.delete{background:var(--soft);border-radius:.3rem;padding:.1rem .4rem}
    table{border-collapse:collapse;width:100%;font-size:.93em} caption{text-align:left;font-weight:600}
    td{border-top:1px solid var(--line);padding:.3rem .6rem .3rem 0;vertical-align:top;overflow-wrap:anywhere}
    .token{font-size:.75em;border:1px solid var(--line);border-radius:1rem;padding:.05rem .5rem}
    tr:target,article:target{background:#fc35}
    """
}
