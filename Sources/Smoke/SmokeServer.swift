import Client
import FoundationEssentials

/// Asks the server, and again while it is away for a moment.
struct SmokeServer: Sendable {
  private static let pauseMilliseconds = 250
  private static let answerMilliseconds = 10_000
  private static let firstAnswerSeconds = 10
  private static let passingStatuses = [429, 502, 503, 504]

  let client: APIClient
  let deadline: ContinuousClock.Instant
  var token: String?
  /// Whether a server that cannot be reached is asked again.
  var isPatient = true

  /// The same for the first request, which waits a time of its own for a server that starts.
  func waiting(seconds: Int) -> SmokeServer {
    var copy = SmokeServer(
      client: client,
      deadline: min(deadline, .now + .seconds(seconds > 0 ? seconds : Self.firstAnswerSeconds)),
      token: token)
    copy.isPatient = seconds > 0
    return copy
  }

  /// The answer of the wanted status, read; throws `SmokeFailure`.
  func ask<Answer: Decodable>(
    _ request: APIRequest, status: Int = 200, as type: Answer.Type = Answer.self
  ) async throws -> Answer {
    let answer = try await send(request, status: status)
    do {
      return try SmokeAnswers.decoder.decode(Answer.self, from: Data(answer.body))
    } catch {
      throw SmokeFailure(
        expected: "\(request.method) \(request.path) to answer as docs/api/openapi.yaml has it",
        found: "\(String(decoding: answer.body.prefix(200), as: UTF8.self)) (\(error))",
        look: Look.contract)
    }
  }

  /// The answer of the wanted status. A server that is away is asked again until the deadline:
  /// every request of ours may be repeated.
  @discardableResult
  func send(_ request: APIRequest, status: Int) async throws -> APIAnswer {
    var request = request
    request.token = token
    // What it said when it last answered: the last attempt may have no time for an answer.
    var answered: String?
    while true {
      request.timeoutMilliseconds = min(Self.answerMilliseconds, max(1, deadline.millisecondsLeft))
      let found: String
      switch await once(request) {
      case .success(let answer) where answer.status == status: return answer
      case .success(let answer):
        found = Self.text(answer)
        answered = found
        guard Self.passingStatuses.contains(answer.status) else {
          throw Self.refused(request, status, found)
        }
      case .failure(let failure):
        found = "\(failure)"
        guard (isPatient || answered != nil) && Self.isPassing(failure) else {
          throw Self.unreachable(request, found)
        }
      }
      guard deadline.millisecondsLeft > Self.pauseMilliseconds else {
        guard let answered else {
          throw Self.unreachable(request, "\(found), until the time was up")
        }
        throw Self.refused(request, status, "\(answered), until the time was up")
      }
      try? await Task.sleep(for: .milliseconds(Self.pauseMilliseconds))
    }
  }

  private func once(_ request: APIRequest) async -> Result<APIAnswer, ClientFailure> {
    do {
      return .success(try await client.send(request))
    } catch {
      return .failure(
        ClientFailure(error, timeoutMilliseconds: request.timeoutMilliseconds))
    }
  }

  private static func isPassing(_ failure: ClientFailure) -> Bool {
    switch failure {
    case .unreachable, .timedOut, .notSecure: true
    case .answerTooLarge, .upgradeRefused, .certificates: false
    }
  }

  private static func text(_ answer: APIAnswer) -> String {
    let problem = try? SmokeAnswers.decoder.decode(
      SmokeAnswers.Problem.self, from: Data(answer.body))
    let words = [problem?.code, problem?.detail, problem?.problems?.joined(separator: ", ")]
      .compactMap(\.self).joined(separator: ": ")
    return "status \(answer.status)\(words.isEmpty ? "" : " (\(words))")"
  }

  private static func refused(
    _ request: APIRequest, _ status: Int, _ found: String
  ) -> SmokeFailure {
    SmokeFailure(
      expected: "\(request.method) \(request.path) to answer with status \(status)", found: found,
      look: Look.log)
  }

  private static func unreachable(_ request: APIRequest, _ found: String) -> SmokeFailure {
    SmokeFailure(
      .unreachable, expected: "an answer to \(request.method) \(request.path)", found: found,
      look: "The address, and whether the server runs and listens there.")
  }
}

extension ContinuousClock.Instant {
  /// Until then; 0 where it has passed.
  var millisecondsLeft: Int {
    let left = ContinuousClock.now.duration(to: self) / .milliseconds(1)
    return left > 0 ? Int(left.rounded(.up)) : 0
  }
}
