import Foundation
import Postgres
import TestSupport
import Testing

@Suite(
  "The previous release", .timeLimit(.minutes(5)),
  .enabled(if: TestServer.isGiven, "HIGGS_TEST_POSTGRES names no server"))
struct PreviousReleaseTests {
  /// The releases whose programs must run on this schema, as `Baseline/NUMBER.json`.
  static let releases = {
    let folder = Bundle.module.bundleURL.appending(path: "Baseline").path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".json") }.sorted()
  }()

  @Test("is kept for comparison")
  func isThere() {
    #expect(!Self.releases.isEmpty)
  }

  @Test("finds all that it calls, reads and writes in this schema", arguments: releases)
  func findsAll(release: String) async throws {
    let kept = try ClientSurface(json: testFile("Baseline/\(release)"))
    #expect(kept.functions.count > 50 && kept.columns.count > 400)
    try await withDatabaseConnection(template: .migrated) { connection in
      let current = try await ClientSurface(of: connection)
      #expect(current.missing(from: kept) == [])
    }
  }

  private static let breaking: [(String, String)] = [
    ("drop function get_user_rank", "function get_user_rank: is not there"),
    (
      """
      drop function wallet_of(text, text);
      create function wallet_of(code text, currency text, realm text) returns bigint
      language sql return 1
      """, "function wallet_of: argument realm is new and has no default"
    ),
    (
      """
      drop function wallet_of(text, text);
      create function wallet_of(name text, currency text) returns bigint language sql return 1
      """, "function wallet_of: argument code text is not there"
    ),
    (
      """
      drop function wallet_of(text, text);
      create function wallet_of(code text, currency text) returns text language sql return ''
      """, "function wallet_of: returns something else"
    ),
    (
      """
      drop function seal_ledger(integer);
      create function seal_ledger(blocks_max integer) returns integer language sql return 1
      """, "function seal_ledger: argument blocks_max has no default any more"
    ),
    (
      "revoke execute on function seal_ledger from higgs_app",
      "function seal_ledger: is not there"
    ),
    ("alter table user_profiles drop column bio", "column user_profiles.bio: is not there"),
    (
      "alter table user_reports alter column details type varchar(2000)",
      "column user_reports.details: is character varying(2000), was text"
    ),
    (
      "alter table user_profiles alter column avatar drop not null",
      "column user_profiles.avatar: can be null, could not"
    ),
    (
      "revoke update on user_profiles from higgs_app",
      "column user_profiles.bio: lost higgs_app update"
    ),
    (
      "revoke delete on friendships from higgs_app",
      "column friendships.user_id: lost higgs_app delete"
    ),
    (
      "alter table friendships add column note text not null",
      "column friendships.note: an insert must name it, and need not before"
    ),
    (
      "alter table notifications alter column body drop default",
      "column notifications.body: an insert must name it, and need not before"
    ),
  ]

  @Test("is warned of every change that would break it", arguments: breaking)
  func breaks(change: String, complaint: String) async throws {
    let missing = try await Self.missing(after: change)
    #expect(missing.first { $0 == complaint } != nil, "\(missing)")
  }

  private static let expanding = [
    "alter table user_profiles add column note text, add column mark integer not null default 0",
    "create function something_new() returns integer language sql return 1",
    "create table something (id bigint primary key)",
    """
    drop function wallet_of(text, text);
    create function wallet_of(code text, currency text, realm text default null) returns bigint
    language sql return 1;
    grant execute on function wallet_of to higgs_app, higgs_readonly
    """,
    """
    drop function ledger_head();
    create function ledger_head() returns table (
      no bigint, last_xid bigint, last_id uuid, hash bytea, sealed_at timestamptz, rows integer)
    language sql return row(1::bigint, 1::bigint, null::uuid, ''::bytea, now(), 1);
    grant execute on function ledger_head to higgs_app, higgs_readonly
    """,
  ]

  @Test("does not mind what only adds", arguments: expanding)
  func expands(change: String) async throws {
    #expect(try await Self.missing(after: change) == [])
  }

  /// What is missing when a database has been changed.
  private static func missing(after change: String) async throws -> [String] {
    return try await withDatabaseConnection(template: .migrated) { connection in
      let before = try await ClientSurface(of: connection)
      try await connection.execute(script: change)
      return try await ClientSurface(of: connection).missing(from: before)
    }
  }
}
