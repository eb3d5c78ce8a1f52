import Migrations
import Postgres
import Testing

extension ServerTests {
  @Suite("An ordinary role")
  struct Role {
    /// Makes a role with these attributes that lives as long as `work`, which gets its name.
    private func withRole(
      _ attributes: String,
      on target: TestTarget,
      _ work: (String) async throws -> Void
    ) async throws {
      let role = "tester_\(String(UInt64.random(in: .min ... .max), radix: 36))"
      try await target.execute("create role \(role) login \(attributes)")
      let leave = """
        reassign owned by \(role) to current_user; drop owned by \(role); drop role \(role);
        """
      do {
        try await work(role)
        try await target.execute(leave)
      } catch {
        try? await target.execute(leave)
        throw error
      }
    }

    @Test("With CREATEROLE and its own database it can do all, with the same outcome")
    func canDoAll() async throws {
      try await TestServer.withDatabase { target in
        try await withRole("createrole createdb", on: target) { role in
          try await target.execute("alter database \(target.name) owner to \(role)")
          let ordinary = target.asRole(role)
          // From 16 on, who did not make a role cannot give it away.
          try await target.execute(Fixture.record.prefixUpTo("set role"))
          try await target.execute("grant higgs_owner, higgs_app to \(role) with admin option")
          #expect(
            try await ordinary.migrate { try await $0.up(to: nil) }.migrations.map(\.version)
              == [1, 2, 3]
          )
          #expect(
            try await ordinary.value(
              "select bool_and(applied_by = session_user) from public.schema_migrations"
            )
          )
          #expect(
            try await ordinary.migrate { try await $0.drift(ignoring: []) }
              .differences.map(\.line) == []
          )
          let mine = try await ordinary.snapshot()
          try await TestServer.withDatabase { other in
            _ = try await other.migrate { try await $0.up(to: nil) }
            #expect(try await other.snapshot().differences(to: mine).map(\.line) == [])
          }
        }
      }
    }

    @Test("What is missing is named with the exact statement")
    func namesMissingRights() async throws {
      try await TestServer.withDatabase { target in
        try await withRole("", on: target) { role in
          let ordinary = target.asRole(role)
          await #expect(
            performing: {
              try await ordinary.migrate { try await $0.up(to: nil) }
            },
            throws: { error in
              "\(error)".contains("alter database \(target.name) owner to \(role);")
            }
          )
          _ = try await target.migrate { try await $0.up(to: 2) }
          try await target.execute("grant connect on database \(target.name) to \(role)")
          await #expect(
            performing: {
              try await ordinary.migrate { try await $0.up(to: nil) }
            },
            throws: { "\($0)".contains("grant higgs_owner to \(role);") }
          )
          try await target.execute("grant higgs_owner to \(role)")
          await #expect(
            performing: {
              try await ordinary.migrate { try await $0.drift(ignoring: []) }
            },
            throws: { "\($0)".contains("alter role \(role) createdb;") }
          )
          #expect(
            try await ordinary.migrate { try await $0.up(to: nil) }.migrations.map(\.version)
              == [3]
          )
        }
      }
    }
  }
}

extension String {
  /// The text before the first occurrence of `mark`.
  func prefixUpTo(_ mark: String) -> String {
    guard let range = firstRange(of: mark) else { return self }
    return String(self[..<range.lowerBound])
  }
}
