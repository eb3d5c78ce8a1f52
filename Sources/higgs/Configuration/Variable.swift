/// A variable of the environment that the program reads: the one description, from which it is read,
/// checked, and written down for people.
struct Variable: Sendable, Hashable {
  /// What the papers gather it under.
  enum Group: String, Sendable, CaseIterable, Encodable {
    case database, redis, monitoring, security, server
  }

  /// What it may be.
  enum Form: Sendable, Hashable {
    /// Any text; what it looks like.
    case text(String)
    /// A whole number.
    case number(ClosedRange<Int>)
    /// on, true, 1, yes; off, false, 0, no.
    case flag
    /// One of these words, in any case.
    case choice([String])
    /// The path of a file or a folder.
    case path
  }

  /// Its name.
  let name: String
  /// Where it belongs.
  let group: Group
  /// What it may be.
  let form: Form
  /// What it is where it is not set; nil where it is nothing then.
  let usual: String?
  /// What is used where it is not set and `usual` cannot say it, in words.
  let usualWords: String?
  /// Whether its value must not be seen.
  let isSecret: Bool
  /// What it is for, in sentences.
  let meaning: String
  /// A value that it might have, for `.env.example`.
  let example: String?

  private init(
    _ name: String, _ group: Group, _ form: Form, usual: String?, usualWords: String?,
    isSecret: Bool, example: String?, meaning: String
  ) {
    self.name = name
    self.group = group
    self.form = form
    self.usual = usual
    self.usualWords = usualWords
    self.isSecret = isSecret
    self.example = example
    self.meaning = meaning
  }

  static func text(
    _ name: String, _ group: Group, like shape: String, usual: String? = nil,
    usualWords: String? = nil, isSecret: Bool = false, example: String? = nil, _ meaning: String
  ) -> Variable {
    Variable(
      name, group, .text(shape), usual: usual, usualWords: usualWords, isSecret: isSecret,
      example: example, meaning: meaning)
  }

  static func path(
    _ name: String, _ group: Group, usualWords: String, example: String? = nil, _ meaning: String
  ) -> Variable {
    Variable(
      name, group, .path, usual: nil, usualWords: usualWords, isSecret: false, example: example,
      meaning: meaning)
  }

  static func number(
    _ name: String, _ group: Group, _ range: ClosedRange<Int>, usual: Int?,
    usualWords: String? = nil, example: String? = nil, _ meaning: String
  ) -> Variable {
    Variable(
      name, group, .number(range), usual: usual.map(String.init), usualWords: usualWords,
      isSecret: false, example: example, meaning: meaning)
  }

  static func flag(_ name: String, _ group: Group, usual: Bool, _ meaning: String) -> Variable {
    Variable(
      name, group, .flag, usual: usual ? "on" : "off", usualWords: nil, isSecret: false,
      example: nil, meaning: meaning)
  }

  static func choice(
    _ name: String, _ group: Group, _ words: [String], usual: String, _ meaning: String
  ) -> Variable {
    Variable(
      name, group, .choice(words), usual: usual, usualWords: nil, isSecret: false, example: nil,
      meaning: meaning)
  }
}

extension Variable {
  /// Every variable that the program reads, group by group. One that is not here cannot be read.
  static let all: [Variable] =
    databaseVariables + redisVariables + monitoringVariables + securityVariables + serverVariables
}
