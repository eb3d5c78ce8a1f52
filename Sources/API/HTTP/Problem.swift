import HTTPTypes
import Hummingbird
import NIOCore

/// An answer that says what went wrong (RFC 9457). The detail is for the client's developer; what
/// only we may know goes to the log.
struct Problem: Error, Sendable {
  /// HTTP status.
  let status: HTTPResponse.Status
  /// Stable name of the problem, for programs.
  let code: String
  /// What it is and what to do, in a sentence.
  let detail: String
  /// Headers that belong to it, such as Retry-After.
  var headers: HTTPFields = [:]
  /// Whether the connection has to end after it.
  var endsConnection = false

  init(
    _ status: HTTPResponse.Status, _ code: String, _ detail: String, headers: HTTPFields = [:],
    endsConnection: Bool = false
  ) {
    self.status = status
    self.code = code
    self.detail = detail
    self.headers = headers
    self.endsConnection = endsConnection
  }

  /// The page that explains the codes, below the server's own address.
  private static let pages = "/docs#problem-"

  /// The answer, with the request's id as its instance.
  func response(requestID: String) -> Response {
    var writer = JSONWriter()
    writer.add("type", Self.pages + code)
    writer.add("title", status.reasonPhrase)
    writer.add("status", Int64(status.code))
    writer.add("code", code)
    writer.add("detail", detail)
    writer.add("instance", "urn:request:" + requestID)
    var headers = headers
    headers[.contentType] = "application/problem+json"
    headers[.cacheControl] = "no-store"
    if endsConnection { headers[.connection] = "close" }
    return Response(
      status: status, headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: writer.finished)))
  }
}
