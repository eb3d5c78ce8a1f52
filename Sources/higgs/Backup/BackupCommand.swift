import ArgumentParser

/// `higgs backup`: dumps of the database that are proven, kept and restored.
struct BackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Make, keep, list and restore backups of the database.",
    discussion: """
      A backup is a file of pg_dump with a manifest beside it. See docs/operations.md, also for the \
      role that it needs.

      Exit codes: 0 done; 1 failed, or what was restored is not as it was; 64 wrong command line; \
      65 the file is no whole backup; 66 no such file or folder; 69 the database cannot be reached; \
      73 the folder cannot be written to; 75 another one is at work.
      """,
    subcommands: [BackupRun.self, BackupList.self, BackupRestore.self, BackupSchedule.self]
  )
}
