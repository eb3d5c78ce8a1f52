import HTTPTypes
import Hummingbird
import Platform

/// A POST that moves money: done once for each Idempotency-Key of a player.
struct Idempotent {
  let idempotency: Idempotency

  /// Does `work` with the money id of the request's key and answers with what it gives, as JSON.
  func respond(
    _ request: Request, _ context: APIContext, body: [UInt8], status: HTTPResponse.Status,
    _ work: (_ moneyID: UInt128) async throws -> some Encodable
  ) async throws -> Response {
    guard let key = request.headers[.idempotencyKey],
      (1...Idempotency.keyCharactersMax).contains(key.unicodeScalars.count)
    else {
      throw Problem(
        .badRequest, "idempotency_key_missing",
        "This request moves chips. Send an Idempotency-Key of 1 to "
          + "\(Idempotency.keyCharactersMax) characters, new for each wish and the same for a retry."
      )
    }
    let asked = Array("\(request.method.rawValue) \(request.uri.path)\n".utf8) + body
    let (answer, isRepetition) = try await idempotency.once(
      key, player: try context.player.player, request: asked
    ) { moneyID in
      Idempotency.Answer(
        status: status.code, body: try JSONAnswer.bytes(try await work(moneyID)))
    }
    return JSONAnswer.response(
      bytes: answer.body, status: HTTPResponse.Status(code: answer.status),
      headers: isRepetition ? [.idempotentReplayed: "true"] : [:])
  }
}
