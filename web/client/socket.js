/**
 * The socket that comes back by itself and misses nothing, and commands that are answered once.
 *
 * @typedef {import('./higgs-client.js').Frame} Frame
 * @typedef {import('./higgs-client.js').Status} Status
 */
import { HiggsHTTP } from './http.js';
import { HiggsError, LIMITS, uuidv7 } from './support.js';

export const PROTOCOL = 1;

const FENCE_UNIT = 2 ** 32;
const TOKEN_REFUSED = 4401;
/** Close codes after which trying again would only be refused again: not allowed, too old. */
const FINAL_CODES = new Set([4403, 4426]);
const RESTART = 1012;

export class HiggsSocket extends HiggsHTTP {
  /** @type {Map<string, Set<Function>>} */ #handlers = new Map();
  /** @type {Map<number, {seq?: number, joinCode?: string, resync: any}>} */ #rooms = new Map();
  /** @type {Map<string, {message: any, resolve: Function, reject: Function}>} */
  #pending = new Map();
  /** @type {any} */ #socket = null;
  #timers = new Map();
  #status = /** @type {Status} */ ('idle');
  #wanted = false;
  #attempt = 0;
  #heardAt = 0;

  /**
   * @param {ConstructorParameters<typeof HiggsHTTP>[0] & {WebSocket?: any, name?: string,
   *   network?: EventTarget | null}} [options] `network` tells `online` and `offline`
   */
  constructor(options = {}) {
    super(options);
    this.WebSocket = options.WebSocket ?? globalThis.WebSocket;
    this.name = options.name ?? 'higgs-client/1';
    const network = options.network ?? (globalThis.window ? globalThis : null);
    network?.addEventListener('online', () => this.reconnect());
    network?.addEventListener('offline', () => this.#socket && this.#lost(0));
  }

  get status() { return this.#status; }

  /** Listens for a kind of frame, or `frame` (all), `status`, `signed-out`. Returns how to stop. */
  on(type, handler) {
    if (!this.#handlers.has(type)) this.#handlers.set(type, new Set());
    this.#handlers.get(type)?.add(handler);
    return () => void this.#handlers.get(type)?.delete(handler);
  }

  /** Tells everybody who listens. */
  emit(type, event) {
    for (const handler of [...(this.#handlers.get(type) ?? [])]) handler(event);
  }

  /** Opens the socket and keeps it open until `close`. */
  connect() {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#open();
  }

  /** Tries at once instead of at the end of the wait. */
  reconnect() {
    if (this.#wanted && !this.#socket && this.#status === 'waiting') this.#open();
  }

  /** Ends the socket; commands without an answer are refused with `closed`. */
  close() {
    this.#wanted = false;
    this.#drop(1000);
    for (const { reject } of this.#pending.values()) reject(new HiggsError({ code: 'closed' }));
    this.#pending.clear();
    this.#rooms.clear();
    this.#setStatus('closed');
  }

  /**
   * Follows a room: its snapshot comes first, then every event once and in order.
   * @param {number} room @param {{joinCode?: string}} [options] what a private room asks for
   */
  watch(room, { joinCode } = {}) {
    if (!this.#rooms.has(room)) this.#rooms.set(room, { resync: null });
    Object.assign(this.#rooms.get(room) ?? {}, joinCode && { joinCode });
    if (this.#status === 'online') this.#ask(room);
  }

  /** Asks for a room's events, from `seq` on where it is known. */
  #ask(room, seq) {
    const joinCode = this.#rooms.get(room)?.joinCode;
    this.#transmit({
      type: 'watch', room, ...(seq !== undefined && { seq }),
      ...(joinCode && { join_code: joinCode }),
    });
  }

  unwatch(room) {
    this.#stopTimer(this.#rooms.get(room)?.resync);
    this.#rooms.delete(room);
    if (this.#status === 'online') this.#transmit({ type: 'unwatch', room });
  }

  /**
   * Sends a command; the promise is kept with `done` or broken with the refusal. A `passing` one
   * (an emote) is not worth repeating: without a connection it is refused at once.
   * @returns {Promise<Frame>}
   */
  send(type, fields = {}, { passing = false } = {}) {
    if (passing && this.#status !== 'online') {
      return Promise.reject(new HiggsError({ code: 'offline' }));
    }
    if (this.#pending.size >= LIMITS.pendingCommands) {
      return Promise.reject(new HiggsError({ code: 'busy', message: 'too many open commands' }));
    }
    const message = { type, ref: uuidv7(this.now()), ...fields };
    return new Promise((resolve, reject) => {
      this.#pending.set(message.ref, { message, resolve, reject });
      if (this.#status === 'online') this.#transmit(message);
    });
  }

  async #open() {
    this.#stopTimer(this.#timers.get('retry'));
    this.#setStatus('connecting');
    try {
      const token = await this.token();
      if (!this.#wanted || this.#socket) return;
      this.#start(token);
    } catch (error) {
      if (error.status === 401 || error.status === 400) return this.#signedOut();
      this.#waitAndRetry(0);
    }
  }

  #start(token) {
    const socket = new this.WebSocket(`${this.baseURL.replace(/^http/, 'ws')}/v1/socket`);
    this.#socket = socket;
    const mine = (action) => (event) => { if (this.#socket === socket) action(event); };
    this.#timers.set(
      'connect', this.clock.setTimeout(() => this.#lost(0), LIMITS.connectTimeoutMs),
    );
    socket.onopen = mine(() => {
      const rooms = [...this.#rooms].map(([id, { seq, joinCode }]) => ({
        id, ...(seq && { seq }), ...(joinCode && { join_code: joinCode }),
      }));
      this.#transmit({ type: 'hello', token, protocol: PROTOCOL, client: this.name, rooms });
    });
    socket.onmessage = mine(({ data }) => this.#receive(data));
    socket.onclose = mine(({ code }) => this.#lost(code));
    socket.onerror = () => {};
  }

  #receive(data) {
    this.#heardAt = this.now();
    const frame = JSON.parse(data);
    if (frame.type === 'welcome') return this.#welcomed(frame);
    if (frame.ref !== undefined && this.#pending.has(frame.ref)) this.#answer(frame);
    if (frame.type === 'pong' || frame.type === 'done') return;
    if (frame.seq !== undefined && !this.#inOrder(frame)) return;
    this.follow(frame);
    this.emit(frame.type, frame);
    this.emit('frame', frame);
    // A room between two hosts is said as an error to whoever wants to watch it.
    if (frame.type === 'moved' || (frame.type === 'error' && frame.code === 'moved')) {
      this.#lost(RESTART);
    }
  }

  #welcomed(frame) {
    this.#stopTimer(this.#timers.get('connect'));
    this.#attempt = 0;
    if (frame.player) this.rememberPlayer(frame.player);
    for (const { message } of this.#pending.values()) this.#transmit(message);
    this.#setStatus('online');
    this.emit('welcome', frame);
    this.#beat();
    this.#renewLater();
  }

  /** For a client that looks at frames before the listeners do. */
  follow(_frame) {}

  /** `moved` leaves the command open: the reconnect sends it to the room's new host. */
  #answer(frame) {
    const { resolve, reject } = this.#pending.get(frame.ref) ?? {};
    if (frame.type === 'error' && frame.code === 'moved') return void this.#lost(RESTART);
    if (frame.type !== 'done' && frame.type !== 'error') return;
    this.#pending.delete(frame.ref);
    if (frame.type === 'done') resolve?.(frame);
    else reject?.(new HiggsError(frame));
  }

  /** Whether a numbered frame is the next one. After a gap the missed ones are asked for. */
  #inOrder(frame) {
    const room = this.#rooms.get(frame.room);
    if (!room) return false;
    const next = frame.type === 'snapshot' || frame.seq === (room.seq ?? 0) + 1;
    if (next) {
      room.seq = frame.seq;
      this.#stopTimer(room.resync);
      room.resync = null;
      return true;
    }
    if (room.seq !== undefined && frame.seq <= room.seq) return false;
    if (!room.resync) this.#resync(frame, room);
    return false;
  }

  #resync(frame, room) {
    const sameFence = room.seq !== undefined
      && Math.floor(room.seq / FENCE_UNIT) === Math.floor(frame.seq / FENCE_UNIT);
    this.emit('gap', { room: frame.room, after: room.seq, got: frame.seq });
    this.#ask(frame.room, sameFence ? room.seq : undefined);
    room.resync = this.clock.setTimeout(() => {
      room.resync = null;
      room.seq = undefined; // missed events did not come: a snapshot, then
      if (this.#status === 'online') this.#ask(frame.room);
    }, LIMITS.resyncTimeoutMs);
  }

  #transmit(message) {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(message));
  }

  /** A silent connection is a lost one. */
  #beat() {
    this.#timers.set('beat', this.clock.setTimeout(() => {
      if (this.now() - this.#heardAt > LIMITS.silenceMs) return this.#lost(0);
      this.#transmit({ type: 'ping' });
      return this.#beat();
    }, LIMITS.pingEveryMs));
  }

  #lost(code) {
    this.#drop();
    if (!this.#wanted) return;
    if (FINAL_CODES.has(code)) {
      this.#wanted = false;
      this.#setStatus('closed', { code });
    } else if (code === TOKEN_REFUSED) {
      this.expireToken();
      this.#waitAndRetry(code);
    } else this.#waitAndRetry(code);
  }

  #waitAndRetry(code) {
    const retryInMs = code === RESTART ? 100 + this.random() * 400 : this.backoff(this.#attempt);
    this.#attempt += 1;
    this.#setStatus('waiting', { retryInMs, code });
    this.#timers.set('retry', this.clock.setTimeout(() => this.#open(), retryInMs));
  }

  #drop(code) {
    const socket = this.#socket;
    this.#socket = null;
    for (const timer of this.#timers.values()) this.#stopTimer(timer);
    for (const room of this.#rooms.values()) {
      this.#stopTimer(room.resync);
      room.resync = null;
    }
    try {
      socket?.close(code);
    } catch {
      // It was closed already.
    }
  }

  #signedOut() {
    this.close();
    this.emit('signed-out', {});
  }

  tokenRenewed(token) {
    if (this.#status === 'online') this.#transmit({ type: 'token', token });
  }

  #renewLater() {
    this.#timers.set('token', this.clock.setTimeout(async () => {
      await this.token().catch(() => {});
      if (this.#status === 'online') this.#renewLater();
    }, Math.max(this.tokenLeftMs + 1, 1000)));
  }

  /** Ends the session, and the socket with it. */
  async signOut(options) {
    this.close();
    await super.signOut(options);
    this.emit('signed-out', {});
  }

  #setStatus(status, more = {}) {
    this.#status = status;
    this.emit('status', { status, attempt: this.#attempt, ...more });
  }

  #stopTimer(timer) {
    if (timer !== undefined && timer !== null) this.clock.clearTimeout(timer);
  }
}
