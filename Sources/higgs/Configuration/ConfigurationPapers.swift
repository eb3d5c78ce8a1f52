import Foundation

/// The variables as papers.
enum ConfigurationPapers {
  /// docs/configuration.md.
  static var markdown: String {
    let sections = Variable.Group.allCases.map { group in
      "## \(group.title)\n\n\(group.words)\n\n"
        + Variable.all.filter { $0.group == group }.map(\.markdown).joined(separator: "\n")
    }
    return markdownHead + sections.joined(separator: "\n") + markdownEnd
  }

  private static let markdownHead = """
    # Configuration

    Everything is set by the environment. This page is made from the program's own description of its
    variables (`higgs configuration --markdown`), which is also what reads them: a variable that is not
    here is not read. `higgs serve` warns at its start of a HIGGS_ or FEATURES_ variable that nothing
    reads, with the nearest name, and refuses a wrong value with exit code 64.

    A variable that is empty counts as not set. Switches take on, true, 1, yes and off, false, 0, no.
    Secrets are marked so; they are never logged and never in an error.


    """

  private static let markdownEnd = """

    ## What production refuses

    With HIGGS_ENV=production the server does not start (exit code 64) with

    - a key of the ring that nobody can have drawn by chance: few different bytes, a pattern, an example;
    - a password in DATABASE_URL or REDIS_URL that is a common default (`postgres`, `password`,
      `changeme`, …), is the user's or the database's name, or has fewer than 12 characters. No password
      at all is taken: PostgreSQL may know its clients by certificate or by a password file.

    ## Commands

    | command | what it does |
    |---|---|
    | `higgs configuration --markdown` | prints this page |
    | `higgs configuration --env` | prints `.env.example` |
    | `higgs configuration --json` | prints the variables for programs |
    | `higgs keys make` | prints a new key ring for HIGGS_KEY_RING_FILE |
    | `higgs keys check FILE` | checks one (`-` reads standard input); 0 good, 1 not, with the reason |

    `make generate` writes both files, and `scripts/generate --check` holds them to the program.

    """

  /// .env.example.
  static var env: String {
    let sections = Variable.Group.allCases.map { group in
      "# ---- \(group.title) " + String(repeating: "-", count: 80 - group.title.count) + "\n\n"
        + Variable.all.filter { $0.group == group }.map(\.env).joined(separator: "\n")
    }
    return """
      # Every variable that higgs reads, with what it is where it is not set. Made by
      # `higgs configuration --env`; docs/configuration.md says more.


      """ + sections.joined(separator: "\n")
  }

  /// For programs.
  static func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let entries = ["variables": Variable.all.map(Entry.init)]
    return String(decoding: try encoder.encode(entries), as: UTF8.self) + "\n"
  }

  private struct Entry: Encodable {
    let name: String
    let group: Variable.Group
    let form: String
    let minimum: Int?
    let maximum: Int?
    let words: [String]?
    let usual: String?
    let usualWords: String?
    let isSecret: Bool
    let meaning: String

    init(_ variable: Variable) {
      name = variable.name
      group = variable.group
      (usual, usualWords) = (variable.usual, variable.usualWords)
      (isSecret, meaning) = (variable.isSecret, variable.meaning)
      switch variable.form {
      case .text: (form, minimum, maximum, words) = ("text", nil, nil, nil)
      case .path: (form, minimum, maximum, words) = ("path", nil, nil, nil)
      case .flag: (form, minimum, maximum, words) = ("flag", nil, nil, nil)
      case .number(let range):
        (form, minimum, maximum, words) = ("number", range.lowerBound, range.upperBound, nil)
      case .choice(let all): (form, minimum, maximum, words) = ("choice", nil, nil, all)
      }
    }
  }
}

extension Variable.Group {
  fileprivate var title: String {
    switch self {
    case .database: "Database"
    case .redis: "Redis"
    case .monitoring: "Monitoring"
    case .security: "Security"
    case .server: "Server"
    }
  }

  fileprivate var words: String {
    switch self {
    case .database: "PostgreSQL 15 to 18. Beside these libpq's own variables count (PGSSLMODE, …)."
    case .redis: "Only where several nodes share their players."
    case .monitoring: "Logs and metrics."
    case .security: "Secrets, and who may do how much."
    case .server: "Where it listens and what it offers."
    }
  }
}

extension Variable {
  fileprivate var markdown: String {
    """
    ### `\(name)`

    \(Self.wrapped(meaning, prefix: "", width: 100))

    - \(formWords)
    - not set: \(usual.map { "`\($0)`" } ?? usualWords ?? "nothing")\(isSecret ? "\n- a secret" : "")

    """
  }

  fileprivate var env: String {
    let value = usual ?? example ?? ""
    let secret = isSecret ? " A secret." : ""
    return Self.wrapped(meaning + secret, prefix: "# ", width: 98) + "\n#\(name)=\(value)\n"
  }

  private var formWords: String {
    switch form {
    case .text(let shape): "`\(shape)`"
    case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
    case .flag: "on or off"
    case .choice(let words): words.map { "`\($0)`" }.joined(separator: ", ")
    case .path: "a path"
    }
  }

  private static func wrapped(_ text: String, prefix: String, width: Int) -> String {
    var lines = [prefix]
    for word in text.split(separator: " ") {
      let isFirst = lines[lines.count - 1].count <= prefix.count
      if !isFirst, lines[lines.count - 1].count + 1 + word.count > width { lines.append(prefix) }
      if lines[lines.count - 1].count > prefix.count { lines[lines.count - 1] += " " }
      lines[lines.count - 1] += word
    }
    return lines.joined(separator: "\n")
  }
}
