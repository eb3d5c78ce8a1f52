/** Doubles for tests of the client: a clock that is turned by hand, sockets, a server of answers. */
import { webcrypto } from 'node:crypto';
import { HiggsClient } from '../../web/client/higgs-client.js';

// Debian's Node 18 has WebCrypto, but not yet as a global.
globalThis.crypto ??= webcrypto;

/** Lets all promises that are due be kept. */
export const settle = async () => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
};

export class Clock {
  #timers = new Map();
  #next = 1;
  now = 1_000_000;

  setTimeout = (action, delay = 0) => {
    this.#timers.set(this.#next, { action, at: this.now + delay });
    this.#next += 1;
    return this.#next - 1;
  };

  clearTimeout = (id) => void this.#timers.delete(id);

  /** Turns the clock and runs what falls due, in order. */
  async pass(milliseconds) {
    const end = this.now + milliseconds;
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= end)
        .sort(([, a], [, b]) => a.at - b.at)[0];
      if (!due) break;
      const [id, { action, at }] = due;
      this.#timers.delete(id);
      this.now = Math.max(this.now, at);
      action();
      await settle();
    }
    this.now = end;
    await settle();
  }
}

/** A socket whose other end is the test. */
export class FakeSocket {
  static all = [];
  static get last() { return FakeSocket.all.at(-1); }
  readyState = 0;
  sent = [];

  constructor(url) {
    this.url = url;
    FakeSocket.all.push(this);
  }

  send(text) { this.sent.push(JSON.parse(text)); }
  close(code) { this.closedWith = code ?? 1005; this.readyState = 3; }

  open() { this.readyState = 1; this.onopen?.({}); }
  tell(frame) { this.onmessage?.({ data: JSON.stringify(frame) }); }
  lose(code = 1006) { this.readyState = 3; this.onclose?.({ code }); }
  /** Messages of one type. */
  of(type) { return this.sent.filter((message) => message.type === type); }
}

export function memory(values = {}) {
  const map = new Map(Object.entries(values));
  return {
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
  };
}

const json = (status, body) => new Response(body === null ? null : JSON.stringify(body), { status });

/** A server that answers calls by path; an answer may be a function of the call. */
export function fakeFetch(answers) {
  const calls = [];
  const fetch = async (url, { method, headers, body }) => {
    const { pathname, search } = new URL(url);
    const call = { method, path: pathname, search, headers, body: body && JSON.parse(body) };
    calls.push(call);
    const answer = answers[`${method} ${pathname}`];
    const [status, value] = typeof answer === 'function' ? answer(call, calls) : answer ?? [404, {}];
    if (status === 0) throw new TypeError('fetch failed');
    return json(status, value);
  };
  return { fetch, calls };
}

export const GRANT = {
  player: { id: 'p1', name: 'Sari' }, guest_secret: 'secret', access_token: 'access-1',
  refresh_token: 'refresh-1', expires_in: 900,
};

/** A client that is signed in, on a clock and sockets of the test. */
export function signedInClient(answers = {}, options = {}) {
  FakeSocket.all = [];
  const clock = new Clock();
  const stored = { ...GRANT, expires_at: clock.now + 900_000 };
  const { fetch, calls } = fakeFetch(answers);
  const client = new HiggsClient({
    baseURL: 'http://higgs.test', fetch, WebSocket: FakeSocket, timers: clock,
    now: () => clock.now, random: () => 1, network: null,
    storage: memory({ 'higgs.session': JSON.stringify(stored) }), ...options,
  });
  return { client, clock, calls };
}

/** The same, online, following a room whose snapshot has come. */
export async function clientInRoom(room = 7, seq = number(1)) {
  const made = signedInClient();
  made.client.watch(room);
  made.client.connect();
  await settle();
  FakeSocket.last.open();
  FakeSocket.last.tell({ type: 'welcome', protocol: 1, player: GRANT.player });
  FakeSocket.last.tell({ type: 'snapshot', room, seq, state: {} });
  return { ...made, room };
}

/** The number of the n-th event under a fence. */
export const number = (n, fence = 3) => fence * 2 ** 32 + n;
