import HTTPTypes
import Hummingbird
import NIOCore
import Telemetry

/// What is measured, as Prometheus reads it.
struct MetricsHandler {
  let registry: PrometheusRegistry

  /// GET /metrics
  func metrics(_ request: Request, _ context: APIContext) async throws -> Response {
    Response(
      status: .ok,
      headers: [
        .contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store",
      ],
      body: ResponseBody(byteBuffer: ByteBuffer(string: registry.text())))
  }
}
