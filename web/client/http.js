/**
 * A signed-in player's calls over HTTP: tokens are renewed before they end, and what can be
 * repeated safely is repeated.
 *
 * @typedef {import('./higgs-client.js').Player} Player
 * @typedef {{guest_secret?: string, access_token?: string, refresh_token?: string,
 *            expires_at?: number, player?: Player}} Session
 * @typedef {{getItem(key: string): string | null, setItem(key: string, value: string): void,
 *            removeItem(key: string): void}} KeyValueStorage
 */
import { HiggsError, LIMITS, memoryStorage, problemOf, uuidv7 } from './support.js';

const SESSION_KEY = 'higgs.session';
const RETRIED_STATUSES = new Set([502, 503, 504]);

export class HiggsHTTP {
  /** @type {Session} */ #session = {};
  /** @type {Promise<void> | null} */ #refreshing = null;

  /**
   * @param {{baseURL?: string, fetch?: typeof fetch, storage?: KeyValueStorage,
   *   now?: () => number, random?: () => number,
   *   timers?: {setTimeout: Function, clearTimeout: Function}}} [options]
   */
  constructor(options = {}) {
    this.baseURL = (options.baseURL ?? globalThis.location?.origin ?? '').replace(/\/$/, '');
    this.fetch = options.fetch ?? ((...call) => globalThis.fetch(...call));
    this.storage = options.storage ?? memoryStorage();
    this.now = options.now ?? (() => Date.now());
    this.random = options.random ?? Math.random;
    this.clock = options.timers ?? globalThis;
    this.#load();
  }

  // ---- Session ---------------------------------------------------------------------------------

  get player() { return this.#session.player ?? null; }
  get isSignedIn() { return Boolean(this.#session.refresh_token); }
  /** Whether this device knows a guest, signed in or not. */
  get knowsGuest() { return Boolean(this.#session.guest_secret); }

  /**
   * Makes a new guest, or signs in the one that this device knows.
   * @param {{displayName?: string, locale?: string, fresh?: boolean}} options
   */
  async signInAsGuest({ displayName, locale, fresh = false } = {}) {
    if (this.knowsGuest && !fresh) return this.#signInAgain();
    const body = { ...(displayName && { display_name: displayName }), ...(locale && { locale }) };
    return this.#keep(await this.request('POST', '/v1/auth/guest', { body, open: true }));
  }

  async #signInAgain() {
    const body = { guest_secret: this.#session.guest_secret };
    return this.#keep(await this.request('POST', '/v1/auth/guest/sign-in', { body, open: true }));
  }

  /** Ends the session; the guest stays known to this device unless it is to be forgotten. */
  async signOut({ forget = false } = {}) {
    if (this.isSignedIn) await this.request('DELETE', '/v1/session').catch(() => {});
    const { guest_secret, player } = this.#session;
    this.#session = forget || !guest_secret ? {} : { guest_secret, player };
    this.#save();
  }

  /** Milliseconds until the access token should be renewed. */
  get tokenLeftMs() {
    return (this.#session.expires_at ?? 0) - this.now() - LIMITS.tokenMarginMs;
  }

  /** The access token is no longer good, whatever its time says. */
  expireToken() { this.#session.expires_at = 0; }

  /** What the server says about the player is newer. */
  rememberPlayer(player) {
    this.#load(); // another tab's tokens may be newer
    this.#session.player = { ...this.#session.player, ...player };
    this.#save();
    return this.player;
  }

  /** Called with each new access token; the socket passes it on. @param {string} _token */
  tokenRenewed(_token) {}

  #keep(answer) {
    this.#session = {
      ...this.#session,
      ...(answer.guest_secret && { guest_secret: answer.guest_secret }),
      ...(answer.player && { player: answer.player }),
      access_token: answer.access_token,
      refresh_token: answer.refresh_token,
      expires_at: this.now() + answer.expires_in * 1000,
    };
    this.#save();
    this.tokenRenewed(answer.access_token);
    return this.player;
  }

  #load() {
    try {
      this.#session = JSON.parse(this.storage.getItem(SESSION_KEY) ?? '{}') ?? {};
    } catch {
      this.#session = {};
    }
  }

  #save() {
    this.storage.setItem(SESSION_KEY, JSON.stringify(this.#session));
  }

  /** A token that is good for a while yet. Tabs take turns, since a refresh token works once. */
  async token({ force = false } = {}) {
    const spent = this.#session.access_token;
    const stale = () => !this.#session.access_token
      || this.now() > (this.#session.expires_at ?? 0) - LIMITS.tokenMarginMs;
    if (!force && !stale()) return this.#session.access_token;
    this.#refreshing ??= exclusively(async () => {
      this.#load(); // another tab may have done it
      if (this.#session.access_token === spent || stale()) await this.#refresh();
    }).finally(() => { this.#refreshing = null; });
    await this.#refreshing;
    return this.#session.access_token;
  }

  async #refresh() {
    const { refresh_token, guest_secret } = this.#session;
    try {
      if (!refresh_token) throw new HiggsError({ code: 'unauthenticated', status: 401 });
      const body = { refresh_token };
      this.#keep(await this.request('POST', '/v1/auth/refresh', { body, open: true }));
    } catch (error) {
      if (error.status !== 401 && error.status !== 400) throw error;
      if (guest_secret && refresh_token) return void await this.#signInAgain();
      throw error;
    }
  }

  // ---- HTTP ------------------------------------------------------------------------------------

  /**
   * One call. Reads and calls with an idempotency key are repeated while the network or the
   * server is away. A refusal is thrown as `HiggsError`.
   * @param {string} method @param {string} path
   * @param {{body?: any, query?: Record<string, any>, idempotencyKey?: string,
   *   open?: boolean}} options
   * @returns {Promise<any>}
   */
  async request(method, path, { body, query, idempotencyKey, open = false } = {}) {
    const again = method === 'GET' || method === 'DELETE' || idempotencyKey !== undefined;
    const url = this.baseURL + path + search(query);
    for (let attempt = 1, renewed = false; ; attempt += 1) {
      const token = open ? null : await this.token();
      const headers = {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(idempotencyKey && { 'idempotency-key': idempotencyKey }),
        ...(token && { authorization: `Bearer ${token}` }),
      };
      const { response, error } = await this.#attemptCall(url, { method, headers, body });
      if (response?.ok) return response.status === 204 ? null : response.json();
      const problem = error ?? await problemOf(response);
      if (problem.status === 401 && !open && !renewed) {
        renewed = true;
        await this.token({ force: true });
      } else if (again && attempt < LIMITS.requestTries && isPassing(problem)) {
        await this.#sleep(this.backoff(attempt - 1));
      } else throw problem;
    }
  }

  async #attemptCall(url, { method, headers, body }) {
    try {
      const signal = /** @type {any} */ (AbortSignal).timeout?.(LIMITS.requestTimeoutMs);
      const text = body === undefined ? undefined : JSON.stringify(body);
      return { response: await this.fetch(url, { method, headers, body: text, signal }) };
    } catch (error) {
      return {
        error: new HiggsError({ code: 'offline', message: String(error?.message ?? error) }),
      };
    }
  }

  me() { return this.request('GET', '/v1/me'); }
  async updateMe(changes) {
    const player = await this.request('PATCH', '/v1/me', { body: changes });
    return this.rememberPlayer(player?.player ?? player ?? {});
  }
  config() { return this.request('GET', '/v1/config', { open: true }); }
  games() { return this.request('GET', '/v1/games'); }
  stakes(game) { return this.request('GET', '/v1/stakes', { query: { game } }); }
  rooms(query) { return this.request('GET', '/v1/rooms', { query }); }
  room(id) { return this.request('GET', `/v1/rooms/${id}`); }
  openRoom(body) { return this.request('POST', '/v1/rooms', { body, idempotencyKey: uuidv7() }); }
  addBots(room, count) {
    return this.request('POST', `/v1/rooms/${room}/bots`, { body: { count } });
  }
  quickSeat({ stake, buyIn, key = uuidv7() }) {
    const body = { stake, ...(buyIn !== undefined && { buy_in: buyIn }) };
    return this.request('POST', '/v1/quick-seat', { body, idempotencyKey: key });
  }
  wallets() { return this.request('GET', '/v1/wallets'); }
  transactions(currency, cursor) {
    return this.request('GET', `/v1/wallets/${currency}/transactions`, { query: { cursor } });
  }
  hands(cursor) { return this.request('GET', '/v1/hands', { query: { cursor } }); }
  hand(id) { return this.request('GET', `/v1/hands/${id}`); }
  replay(id) { return this.request('GET', `/v1/hands/${id}/replay`); }

  /** Doubles with each attempt, up to a limit, and is spread by chance. */
  backoff(attempt) {
    const full = Math.min(LIMITS.backoffMaxMs, LIMITS.backoffFirstMs * 2 ** attempt);
    return full * (0.5 + this.random() / 2);
  }

  #sleep(milliseconds) {
    return new Promise((resolve) => { this.clock.setTimeout(resolve, milliseconds); });
  }
}

/** One tab at a time, where the browser can say so. */
const exclusively = (action) => (globalThis.navigator?.locks
  ? globalThis.navigator.locks.request('higgs.refresh', action) : action());

/** Refusals that may be gone in a moment; maintenance takes longer. */
const isPassing = ({ code, status }) => code !== 'maintenance'
  && (code === 'offline' || status === 429 || RETRIED_STATUSES.has(status));

const search = (query = {}) => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  return given.length ? `?${new URLSearchParams(given.map(([k, v]) => [k, String(v)]))}` : '';
};
