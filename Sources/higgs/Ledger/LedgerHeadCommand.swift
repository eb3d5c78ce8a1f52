import ArgumentParser
import Core
import FoundationEssentials
import Store

/// `higgs ledger head`
struct LedgerHeadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "head",
    abstract: "Show the newest seal: number, position and id of its last row, hash."
  )

  @OptionGroup var options: LedgerOptions

  @Flag(help: "Answer with one JSON object on standard output.")
  var json = false

  func run() async throws {
    try await LedgerFailure.reported {
      let head = try await options.connected("head", readOnly: true) {
        try await Ledger($0).head()
      }
      guard let head else {
        throw LedgerFailure(
          """
          nothing is sealed yet. Maintenance seals every minute (select seal_ledger();), once \
          something is posted and no older transaction runs.
          """)
      }
      Console.say(try json ? Answer(head).json : Self.text(head))
    }
  }

  private static func text(_ head: LedgerHead) -> String {
    """
    seal           \(head.number)
    last position  \(head.lastPosition)
    last id        \(head.lastID)
    hash           \(Hexadecimal.text(head.hash))
    """
  }

  private struct Answer: Encodable {
    let number: Int64
    let lastPosition: Int64
    let lastId: String
    let hash: String

    init(_ head: LedgerHead) {
      number = head.number
      lastPosition = head.lastPosition
      lastId = head.lastID.description
      hash = Hexadecimal.text(head.hash)
    }

    var json: String {
      get throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
      }
    }
  }
}
