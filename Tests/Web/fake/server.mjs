/**
 * A stand-in for `higgs serve` in page tests: the wire contract, trivial bots, nothing kept.
 *   node Tests/Web/fake-server.mjs   (PORT, FAKE_THINK_MS, FAKE_BETWEEN_MS)
 */
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomUUID } from 'node:crypto';
import { acceptSocket } from './socket.mjs';
import { routes } from './routes.mjs';
import { World } from './world.mjs';

const ROOT = fileURLToPath(new URL('../../../web', import.meta.url));
const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css',
  '.svg': 'image/svg+xml', '.json': 'application/json', '.webmanifest': 'application/json',
};
const POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'";

export function startFakeServer({ port = 0, think = 700, between = 4000 } = {}) {
  const world = new World({ think, between });
  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://fake');
    const api = url.pathname.startsWith('/v1/') || url.pathname.startsWith('/test/');
    if (api) answer(world, request, response, url);
    else serveFile(url.pathname, response);
  });
  server.on('upgrade', (request, stream) => world.connected(acceptSocket(request, stream)));
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => {
      const url = `http://127.0.0.1:${server.address().port}`;
      const stop = () => {
        world.stop();
        server.closeAllConnections();
        server.close();
      };
      resolve({ url, world, stop });
    });
  });
}

async function answer(world, request, response, url) {
  let text = '';
  for await (const chunk of request) text += chunk;
  const player = world.playerOf(request.headers.authorization?.slice(7));
  const call = {
    body: text ? JSON.parse(text) : {}, query: url.searchParams, player, world,
    key: request.headers['idempotency-key'],
  };
  const [status, body] = routes(request.method, url.pathname, call);
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, { 'content-type': type, 'x-request-id': randomUUID() });
  response.end(body === null ? '' : JSON.stringify(body));
}

function serveFile(path, response) {
  const file = join(ROOT, normalize(path === '/' ? '/index.html' : path));
  try {
    if (!file.startsWith(ROOT) || !statSync(file).isFile()) throw new Error('no file');
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': POLICY, 'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    createReadStream(file).pipe(response);
  } catch {
    response.writeHead(404).end('not found');
  }
}
