import Foundation
import Postgres

/// What a program can call, read and write that signs in as the application or to look on: what
/// `Baseline/surface.sql` tells of a database, and what a release keeps of itself.
struct ClientSurface: Codable {
  struct Argument: Codable {
    let name: String
    let type: String
    let isOptional: Bool
  }

  struct Result: Codable, Equatable {
    let name: String
    let type: String
  }

  struct Function: Codable {
    let name: String
    let roles: [String]
    let arguments: [Argument]
    let returnsRows: Bool
    let results: [Result]
  }

  struct Column: Codable {
    let relation: String
    let name: String
    let type: String
    let isNullable: Bool
    let isRequired: Bool
    let rights: [String]
  }

  var functions: [Function]
  var columns: [Column]

  /// Reads what `surface.sql` prints.
  init(json: String) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    self = try decoder.decode(ClientSurface.self, from: Data(json.utf8))
  }

  /// What a database offers.
  init(of client: some PostgresClient) async throws {
    let query = SQL(unsafeText: try testFile("Baseline/surface.sql"))
    try self.init(json: try await client.query(query).one().decode(String.self))
  }
}

extension ClientSurface {
  /// A line for each thing that a program made for `release` needs and does not find here.
  func missing(from release: ClientSurface) -> [String] {
    release.functions.compactMap(problem) + release.columns.compactMap(problem)
      + newlyRequired(since: release)
  }

  private func problem(_ old: Function) -> String? {
    let candidates = functions.filter { $0.name == old.name }
    let problems = candidates.map { $0.problem(for: old) }
    guard !problems.contains(nil) else { return nil }
    return "function \(old.name): \(problems.first.flatMap { $0 } ?? "is not there")"
  }

  private func problem(_ old: Column) -> String? {
    let name = "column \(old.relation).\(old.name)"
    guard let new = columns.first(where: { $0.relation == old.relation && $0.name == old.name })
    else { return old.rights.isEmpty ? nil : "\(name): is not there" }
    if new.type != old.type { return "\(name): is \(new.type), was \(old.type)" }
    if new.isNullable, !old.isNullable { return "\(name): can be null, could not" }
    let lost = old.rights.filter { !new.rights.contains($0) }
    return lost.isEmpty ? nil : "\(name): lost \(lost.joined(separator: ", "))"
  }

  /// Columns that an insert of the release would have to name and does not know.
  private func newlyRequired(since release: ClientSurface) -> [String] {
    let inserted = Set(
      release.columns.filter { $0.rights.contains("higgs_app insert") }.map(\.relation))
    let known = Set(release.columns.filter(\.isRequired).map { "\($0.relation).\($0.name)" })
    return columns.filter { inserted.contains($0.relation) && $0.isRequired }
      .map { "\($0.relation).\($0.name)" }.filter { !known.contains($0) }
      .map { "column \($0): an insert must name it, and need not before" }
  }
}

extension ClientSurface.Function {
  /// Why a call of the release does not do for this function; nil where it does.
  fileprivate func problem(for old: Self) -> String? {
    for (index, argument) in old.arguments.enumerated() {
      guard index < arguments.count, arguments[index].name == argument.name,
        arguments[index].type == argument.type
      else { return "argument \(argument.name) \(argument.type) is not there" }
      if argument.isOptional, !arguments[index].isOptional {
        return "argument \(argument.name) has no default any more"
      }
    }
    if let added = arguments.dropFirst(old.arguments.count).first(where: { !$0.isOptional }) {
      return "argument \(added.name) is new and has no default"
    }
    if returnsRows != old.returnsRows || !results.starts(with: old.results) {
      return "returns something else"
    }
    let lost = old.roles.filter { !roles.contains($0) }
    return lost.isEmpty ? nil : "\(lost.joined(separator: ", ")) may not call it any more"
  }
}
