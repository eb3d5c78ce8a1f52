import HTTPTypes
import Hummingbird
import NIOCore

/// The contract as a file, and as a page for people.
struct APIDocuments: Sendable {
  let yaml: ByteBuffer
  let html: ByteBuffer?

  /// The documents made of an OpenAPI file; a file that cannot be read makes no page.
  init(openAPI: String) {
    yaml = ByteBuffer(string: openAPI)
    html = (try? YAMLOutline(openAPI)).map {
      ByteBuffer(string: DocumentationPage(contract: $0).html)
    }
  }

  /// GET /openapi.yaml
  func openAPI(_ request: Request, _ context: APIContext) async throws -> Response {
    guard yaml.readableBytes > 0 else { throw HTTPError(.notFound) }
    return Response(
      status: .ok, headers: [.contentType: "application/yaml", .cacheControl: "no-cache"],
      body: ResponseBody(byteBuffer: yaml))
  }

  /// GET /docs
  func page(_ request: Request, _ context: APIContext) async throws -> Response {
    guard let html else { throw HTTPError(.notFound) }
    return Response(
      status: .ok,
      headers: [
        .contentType: "text/html; charset=utf-8", .cacheControl: "no-cache",
        .contentSecurityPolicy: DocumentationPage.contentPolicy,
      ],
      body: ResponseBody(byteBuffer: html))
  }
}
