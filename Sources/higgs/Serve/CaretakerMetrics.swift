import Platform
import Telemetry

/// How well the database is kept, as metrics; docs/metrics.md has them all.
enum CaretakerMetrics {
  static func collect(_ caretaker: Caretaker, into registry: PrometheusRegistry) {
    for (name, text) in descriptions { registry.describe(name, text) }
    registry.collect { exposition in
      let found = caretaker.findings
      exposition.add("higgs_maintenance_tasks_total", .counter, Double(found.tasksDone))
      exposition.add("higgs_maintenance_failures_total", .counter, Double(found.tasksFailed))
      if let state = found.state {
        exposition.add("higgs_maintenance_overdue_tasks", .gauge, Double(state.overdueTasks))
        exposition.add("higgs_database_months_ahead", .gauge, Double(state.monthsAhead))
        if let moment = state.sealedAt {
          exposition.add("higgs_ledger_sealed_timestamp_seconds", .gauge, Double(moment))
        }
      }
      if let moment = found.checkedAt {
        exposition.add("higgs_ledger_checked_timestamp_seconds", .gauge, Double(moment))
      }
      for check in found.checks {
        exposition.add(
          "higgs_ledger_check_ok", .gauge, labels: "check=\"\(check.name)\"", check.isOK ? 1 : 0)
      }
    }
  }

  private static let descriptions = [
    ("higgs_maintenance_tasks_total", "Tasks of the database's upkeep that this node has done."),
    ("higgs_maintenance_failures_total", "Tasks of the database's upkeep that failed here."),
    ("higgs_maintenance_overdue_tasks", "Tasks that have been due for over five minutes."),
    (
      "higgs_database_months_ahead",
      "The fewest months ahead for which a partitioned table has a partition."
    ),
    ("higgs_ledger_sealed_timestamp_seconds", "When the ledger was last sealed, in Unix time."),
    (
      "higgs_ledger_checked_timestamp_seconds",
      "When this node last checked the ledger, in Unix time."
    ),
    ("higgs_ledger_check_ok", "1 where a check of verify_ledger(null, true) is well, else 0."),
  ]
}
