import ArgumentParser
import Foundation

/// `higgs configuration`
struct ConfigurationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "configuration",
    abstract: "Print every variable that is read from the environment.",
    discussion: """
      From the same description by which they are read; docs/configuration.md and .env.example are \
      made so.
      """
  )

  /// As what they are printed.
  enum Format: String, EnumerableFlag {
    case markdown, env, json

    static func help(for value: Format) -> ArgumentHelp? {
      switch value {
      case .markdown: "As a page, docs/configuration.md."
      case .env: "As .env.example."
      case .json: "As JSON, for programs."
      }
    }
  }

  @Flag var format = Format.markdown

  func run() throws {
    let text =
      switch format {
      case .markdown: ConfigurationPapers.markdown
      case .env: ConfigurationPapers.env
      case .json: try ConfigurationPapers.json()
      }
    FileHandle.standardOutput.write(Data(text.utf8))
  }
}
