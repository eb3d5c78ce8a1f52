/// The part of YAML that our OpenAPI file is written in: maps and lists by indentation, flow maps
/// and lists, plain and quoted scalars. Everything else is an error, so that nothing is misread.
package indirect enum YAMLOutline: Hashable, Sendable {
  case scalar(String)
  case list([YAMLOutline])
  case map([Member])

  /// A member of a map, in the file's order.
  package struct Member: Hashable, Sendable {
    /// Its name.
    package let name: String
    /// Its value.
    package let value: YAMLOutline
  }

  /// What cannot be read, and in which line.
  package struct Problem: Error, Hashable {
    /// From 1.
    package let line: Int
  }

  /// Reads a text.
  package init(_ text: String) throws(Problem) {
    var reader = Reader(text)
    self = try reader.block(indent: 0)
    guard reader.line == nil else { throw Problem(line: reader.number) }
  }

  /// The value of a member; nil where there is none.
  package subscript(name: String) -> YAMLOutline? {
    guard case .map(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The members of a map; none of anything else.
  package var members: [Member] { if case .map(let members) = self { members } else { [] } }
  /// The elements of a list; none of anything else.
  package var elements: [YAMLOutline] { if case .list(let list) = self { list } else { [] } }
  /// The text of a scalar; nil of anything else.
  package var text: String? { if case .scalar(let text) = self { text } else { nil } }
}

extension YAMLOutline {
  private struct Reader {
    private let lines: [(number: Int, indent: Int, text: Substring)]
    private var position = 0

    init(_ text: String) {
      lines = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap
      {
        let content = $1.drop { $0 == " " }
        guard !content.isEmpty, !content.hasPrefix("#") else { return nil }
        return ($0 + 1, $1.count - content.count, content)
      }
    }

    var line: (number: Int, indent: Int, text: Substring)? {
      position < lines.count ? lines[position] : nil
    }

    var number: Int { line?.number ?? lines.last?.number ?? 0 }

    mutating func block(indent: Int) throws(Problem) -> YAMLOutline {
      guard let line, line.indent == indent else { throw Problem(line: number) }
      return line.text.hasPrefix("- ") ? try list(indent) : try map(indent)
    }

    private mutating func list(_ indent: Int) throws(Problem) -> YAMLOutline {
      var elements: [YAMLOutline] = []
      while let line, line.indent == indent, line.text.hasPrefix("- ") {
        var flow = Flow(line.text.dropFirst(2), line: line.number)
        elements.append(try flow.whole())
        position += 1
      }
      return .list(elements)
    }

    private mutating func map(_ indent: Int) throws(Problem) -> YAMLOutline {
      var members: [Member] = []
      while let line, line.indent == indent {
        var flow = Flow(line.text, line: line.number)
        let name = try flow.name()
        position += 1
        if flow.isAtEnd {
          guard let next = self.line, next.indent > indent else {
            throw Problem(line: line.number)
          }
          members.append(Member(name: name, value: try block(indent: next.indent)))
        } else {
          members.append(Member(name: name, value: try flow.whole()))
        }
      }
      return .map(members)
    }
  }

  /// What stands on one line.
  private struct Flow {
    private var rest: Substring
    private let line: Int

    init(_ text: Substring, line: Int) {
      rest = text
      self.line = line
    }

    var isAtEnd: Bool { rest.allSatisfy { $0 == " " } }

    /// The name in front of a colon.
    mutating func name() throws(Problem) -> String {
      let name = try rest.first == "\"" ? quoted() : plain(until: ":")
      guard rest.first == ":" else { throw Problem(line: line) }
      rest.removeFirst()
      skipBlanks()
      return name
    }

    /// The value that is all of the rest.
    mutating func whole() throws(Problem) -> YAMLOutline {
      guard rest.first != "{", rest.first != "[", rest.first != "\"" else {
        let value = try value()
        guard isAtEnd else { throw Problem(line: line) }
        return value
      }
      guard !rest.isEmpty, !"|>&*!%@`".contains(rest.first ?? "|") else {
        throw Problem(line: line)
      }
      defer { rest = "" }
      return .scalar(String(rest))
    }

    private mutating func value() throws(Problem) -> YAMLOutline {
      switch rest.first {
      case "{": return try members()
      case "[": return try elements()
      case "\"": return .scalar(try quoted())
      default:
        let text = rest.prefix { $0 != "," && $0 != "}" && $0 != "]" }
        rest = rest.dropFirst(text.count)
        let trimmed = text.trimmingSuffix { $0 == " " }
        guard !trimmed.isEmpty else { throw Problem(line: line) }
        return .scalar(String(trimmed))
      }
    }

    private mutating func members() throws(Problem) -> YAMLOutline {
      var members: [Member] = []
      try separated("{", "}") { flow throws(Problem) in
        let name = try flow.name()
        members.append(Member(name: name, value: try flow.value()))
      }
      return .map(members)
    }

    private mutating func elements() throws(Problem) -> YAMLOutline {
      var elements: [YAMLOutline] = []
      try separated("[", "]") { flow throws(Problem) in elements.append(try flow.value()) }
      return .list(elements)
    }

    private mutating func separated(
      _ opening: Character, _ closing: Character, _ item: (inout Flow) throws(Problem) -> Void
    ) throws(Problem) {
      rest.removeFirst()
      skipBlanks()
      while rest.first != closing {
        try item(&self)
        skipBlanks()
        guard rest.first == "," else { break }
        rest.removeFirst()
        skipBlanks()
      }
      guard rest.first == closing else { throw Problem(line: line) }
      rest.removeFirst()
    }

    private mutating func quoted() throws(Problem) -> String {
      rest.removeFirst()
      guard let end = rest.firstIndex(of: "\""), !rest[..<end].contains("\\") else {
        throw Problem(line: line)
      }
      let text = String(rest[..<end])
      rest = rest[rest.index(after: end)...]
      return text
    }

    private mutating func plain(until end: Character) throws(Problem) -> String {
      let text = rest.prefix { $0 != end }
      guard !text.isEmpty else { throw Problem(line: line) }
      rest = rest.dropFirst(text.count)
      return String(text)
    }

    private mutating func skipBlanks() { rest = rest.drop { $0 == " " } }
  }
}

extension Substring {
  fileprivate func trimmingSuffix(_ isDropped: (Character) -> Bool) -> Substring {
    var text = self
    while let last = text.last, isDropped(last) { text.removeLast() }
    return text
  }
}
