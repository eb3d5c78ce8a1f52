import Client
import FoundationEssentials

/// Looks at a running server from outside.
struct ServerLook {
  let address: ServerAddress
  let certificates: String?
  let timeoutSeconds: Int

  private struct Health: Decodable { var problems: [String]? }
  private struct Config: Decodable { var version: String }

  func findings() async -> [Finding] {
    let client: APIClient
    do {
      client = try APIClient(address, certificates: certificates)
    } catch {
      return [
        .problem(
          "server", "certificates", "\(error)", why: "Without them https cannot be verified.",
          do: "higgs doctor --ca-file FILE, with the authority's certificate in PEM")
      ]
    }
    let findings = await looks(client)
    await client.shutdown()
    return findings
  }

  private func looks(_ client: APIClient) async -> [Finding] {
    let start = ContinuousClock.now
    do {
      _ = try await get("/health/live", client)
    } catch {
      return [
        .problem(
          "server", "reachable", "\(address): \(error)", why: "Nobody can play.",
          do: "make run, or start the container; then its log")
      ]
    }
    let milliseconds = Int(start.duration(to: .now) / .milliseconds(1))
    return [.ok("server", "reachable", "\(address) answers in \(milliseconds) ms")]
      + (await readiness(client)) + (await version(client))
  }

  private func readiness(_ client: APIClient) async -> [Finding] {
    guard let answer = try? await get("/health/ready", client) else {
      return [.failed("server", "ready", "no answer")]
    }
    if answer.status == 200 { return [.ok("server", "ready", "takes work")] }
    let health = try? JSONDecoder().decode(Health.self, from: Data(answer.body))
    return [
      .problem(
        "server", "ready",
        "no: \(health?.problems?.joined(separator: ", ") ?? "no reason is told")",
        why: "Load balancers send nobody to it.",
        do: "what stands under 'database' here; the server's log")
    ]
  }

  private func version(_ client: APIClient) async -> [Finding] {
    guard let answer = try? await get("/v1/config", client), answer.status == 200,
      let config = try? JSONDecoder().decode(Config.self, from: Data(answer.body))
    else { return [.failed("server", "version", "/v1/config does not answer as it should")] }
    let ours = Higgs.configuration.version
    if config.version == ours { return [.ok("server", "version", config.version)] }
    return [
      .warning(
        "server", "version", "\(config.version), and this program is \(ours)",
        why: "What is said here about schema and settings holds for \(ours).",
        do: "run the doctor of the server's own release")
    ]
  }

  private func get(_ path: String, _ client: APIClient) async throws -> APIAnswer {
    var request = APIRequest("GET", path)
    request.timeoutMilliseconds = timeoutSeconds * 1_000
    return try await client.send(request)
  }
}
