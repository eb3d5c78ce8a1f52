import Testing

/// The tests that need a server. They take turns: they share its roles, and some change those.
@Suite(
  "On a real PostgreSQL",
  .serialized,
  .timeLimit(.minutes(5)),
  .enabled(if: TestServer.isGiven, "HIGGS_TEST_POSTGRES names no server")
)
struct ServerTests {}
