import ArgumentParser

/// `higgs migrate`: the schema's history.
struct Migrate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Bring a database's schema up to date, and prove that it is what it should be.",
    discussion: """
      The files database/migrations/NNN_name.sql run in order, each with its record in \
      public.schema_migrations in one transaction. See docs/migrations.md.

      Exit codes: 0 done or nothing to do; 1 refused or failed; 2 wrong command line; \
      3 looked, and found pending migrations or drift; 4 waited in vain.
      """,
    subcommands: [
      MigrateStatus.self, MigratePlan.self, MigrateUp.self, MigrateVerify.self,
      MigrateBaseline.self, MigrateDrift.self, MigrateWait.self,
    ]
  )
}
