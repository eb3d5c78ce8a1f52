import HTTPTypes
import Hummingbird
import NIOCore

/// The contract as a file, and as a page for people.
struct APIDocuments: Sendable {
  let yaml: ByteBuffer
  let html: ByteBuffer

  /// The documents made of an OpenAPI file.
  init(openAPI: String) {
    yaml = ByteBuffer(string: openAPI)
    html = ByteBuffer(string: openAPI)
  }

  /// GET /openapi.yaml
  func openAPI(_ request: Request, _ context: APIContext) async throws -> Response {
    Response(
      status: .ok, headers: [.contentType: "application/yaml", .cacheControl: "no-cache"],
      body: ResponseBody(byteBuffer: yaml))
  }

  /// GET /docs
  func page(_ request: Request, _ context: APIContext) async throws -> Response {
    Response(
      status: .ok,
      headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-cache"],
      body: ResponseBody(byteBuffer: html))
  }
}
