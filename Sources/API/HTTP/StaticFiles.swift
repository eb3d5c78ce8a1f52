import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// The files of `web/`, for addresses that are no route. Browsers ask each time whether a file has
/// changed and get 304 where it has not, so that nobody plays with half of a release.
final class StaticFiles: RouterMiddleware, Sendable {
  typealias Context = APIContext

  /// The largest file that is served.
  static let bytesMax = 8 << 20
  /// Most files that are kept in memory.
  private static let filesMax = 1_000

  private struct File: Sendable {
    let modified: Date
    let body: ByteBuffer
    let tag: String
    let type: String
  }

  private let root: String
  private let files = Mutex<[String: File]>([:])

  /// The files of a folder.
  init(root: URL) {
    self.root = root.resolvingSymlinksInPath().path
  }

  func handle(
    _ request: Request, context: APIContext,
    next: (Request, APIContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as HTTPError where error.status == .notFound {
      guard request.method == .get || request.method == .head,
        !request.uri.path.hasPrefix("/v1/"), let file = file(request.uri.path)
      else { throw error }
      context.coreContext.endpointPath.value = "static"
      return Self.response(request, file)
    }
  }

  private static func response(_ request: Request, _ file: File) -> Response {
    var headers: HTTPFields = [
      .eTag: file.tag, .cacheControl: "no-cache", .contentType: file.type,
    ]
    if let known = request.headers[.ifNoneMatch], matches(known, file.tag) {
      return Response(status: .notModified, headers: headers)
    }
    if request.method == .head {
      headers[.contentLength] = String(file.body.readableBytes)
      return Response(status: .ok, headers: headers)
    }
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: file.body))
  }

  private static func matches(_ known: String, _ tag: String) -> Bool {
    known == "*"
      || known.split(separator: ",").contains { $0.drop { $0 == " " }.hasSuffix(tag) }
  }

  /// The file at an address; nil where there is none that may be served.
  private func file(_ address: String) -> File? {
    guard let relative = Self.relativePath(address) else { return nil }
    let path = root + "/" + relative
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
      attributes[.type] as? FileAttributeType == .typeRegular,
      let modified = attributes[.modificationDate] as? Date,
      let size = attributes[.size] as? Int, size <= Self.bytesMax
    else { return nil }
    if let known = files.withLock({ $0[relative] }), known.modified == modified { return known }
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    let hash = SHA256.hash(data: data).prefix(12).map { String($0, radix: 16) }.joined()
    let file = File(
      modified: modified, body: ByteBuffer(bytes: data), tag: "\"\(hash)\"",
      type: Self.type(of: relative))
    files.withLock { if $0.count < Self.filesMax { $0[relative] = file } }
    return file
  }

  /// Plain names only: no dot at a part's start, so neither `..` nor hidden files; a folder is its
  /// index.html.
  static func relativePath(_ address: String) -> String? {
    guard address.hasPrefix("/"), address.utf8.count <= 300 else { return nil }
    var parts = address.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    if parts.last == "" { parts[parts.count - 1] = "index.html" }
    for part in parts {
      guard !part.isEmpty, !part.hasPrefix("."), part.utf8.allSatisfy(isPlain) else { return nil }
    }
    return parts.joined(separator: "/")
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }

  private static let types = [
    "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8",
    "json": "application/json", "svg": "image/svg+xml", "png": "image/png",
    "jpg": "image/jpeg", "webp": "image/webp", "ico": "image/x-icon", "woff2": "font/woff2",
    "txt": "text/plain; charset=utf-8", "webmanifest": "application/manifest+json",
    "mp3": "audio/mpeg", "ogg": "audio/ogg", "wav": "audio/wav", "map": "application/json",
  ]

  private static func type(of path: String) -> String {
    let ending = path.split(separator: ".").last.map(String.init) ?? ""
    return types[ending] ?? "application/octet-stream"
  }
}
