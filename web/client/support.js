/** What every part of the client stands on: its limits, its errors, ids and a storage. */

export const LIMITS = Object.freeze({
  pendingCommands: 64,
  requestTries: 4,
  requestTimeoutMs: 15_000,
  backoffFirstMs: 300,
  backoffMaxMs: 8_000,
  connectTimeoutMs: 10_000,
  pingEveryMs: 10_000,
  silenceMs: 25_000,
  resyncTimeoutMs: 5_000,
  tokenMarginMs: 45_000,
});

/** A refusal of the server (an RFC 9457 problem or an `error` frame) or of the network. */
export class HiggsError extends Error {
  /**
   * @param {{code: string, message?: string, status?: number, detail?: string, problem?: any}} of
   */
  constructor({ code, message, status = 0, detail, problem }) {
    super(detail ?? message ?? code);
    this.name = 'HiggsError';
    this.code = code;
    this.status = status;
    this.detail = detail ?? message ?? '';
    this.problem = problem;
  }
}

/** A UUID of version 7: the id of a session at a table, or of a command that moves money. */
export function uuidv7(nowMs = Date.now(), random = randomBytes) {
  const bytes = random(16);
  for (let i = 0; i < 6; i += 1) bytes[i] = Math.floor(nowMs / 256 ** (5 - i)) % 256;
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [0, 8, 12, 16, 20].map((at, i, all) => hex.slice(at, all[i + 1])).join('-');
}

const randomBytes = (/** @type {number} */ count) =>
  globalThis.crypto.getRandomValues(new Uint8Array(count));

/** Keeps a session for the life of the process only. */
export function memoryStorage() {
  const values = new Map();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}

/** The refusal that a response carries. */
export async function problemOf(response) {
  const problem = await response.json().catch(() => ({}));
  return new HiggsError({
    code: problem.code ?? `http_${response.status}`,
    status: response.status,
    message: problem.title,
    detail: problem.detail,
    problem,
  });
}
