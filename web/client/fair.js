/**
 * Recomputes a deal from its revealed seed, by WebCrypto alone: nobody has to be believed.
 * The scheme is `hmac-sha256-fisher-yates-1`; docs/formats.md, "Fair deals", has its every step.
 *
 * @typedef {{scheme: string, commit: string, server_seed: string, client_seeds: string[],
 *            nonce: number, deck: number[]}} DealRecord
 * @typedef {{scheme: boolean, commit: boolean, deck: boolean, ok: boolean,
 *            computedCommit: string, computedDeck: number[]}} Verdict
 */
export const SCHEME = 'hmac-sha256-fisher-yates-1';
const TILES = 28;
const WORDS = 2 ** 32;

/**
 * Whether a revealed deal is what was promised: the commit belongs to the seed, and the deck
 * follows from the seed, the players' seeds and the number of the hand.
 * @param {DealRecord} record @returns {Promise<Verdict>}
 */
export async function verifyDeal(record) {
  const computedCommit = await commitOf(record.server_seed);
  const computedDeck = await deckOf(record);
  const scheme = (record.scheme ?? SCHEME) === SCHEME;
  const commit = computedCommit === record.commit;
  const deck = computedDeck.length === record.deck.length
    && computedDeck.every((tile, place) => tile === record.deck[place]);
  return { scheme, commit, deck, ok: scheme && commit && deck, computedCommit, computedDeck };
}

/** The SHA-256 of a server seed, both as hexadecimal text. */
export async function commitOf(serverSeed) {
  return toHex(await crypto.subtle.digest('SHA-256', fromHex(serverSeed)));
}

/** The 28 tile ids in the order in which they are dealt. */
export async function deckOf({ server_seed: serverSeed, client_seeds: seeds, nonce }) {
  const next = await words(serverSeed, `${seeds.join(',')}:${nonce}`);
  const deck = Array.from({ length: TILES }, (_, id) => id);
  for (let i = TILES - 1; i > 0; i -= 1) {
    const j = await numberBelow(i + 1, next);
    [deck[i], deck[j]] = [deck[j], deck[i]];
  }
  return deck;
}

/**
 * A number below a limit, without bias: a word from the ragged end of the range is thrown away.
 * @param {number} limit @param {() => number | Promise<number>} next the words of 32 bits
 */
export async function numberBelow(limit, next) {
  for (;;) {
    const word = await next();
    if (word < WORDS - (WORDS % limit)) return word % limit;
  }
}

/** The stream of 32-bit words: eight from each block, blocks counted from 0. */
async function words(serverSeed, message) {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', fromHex(serverSeed), algorithm, false, ['sign']);
  let block = new DataView(new ArrayBuffer(0));
  let offset = 0;
  let counter = 0;
  return async () => {
    if (offset >= block.byteLength) {
      const text = new TextEncoder().encode(`${message}:${counter}`);
      block = new DataView(await crypto.subtle.sign('HMAC', key, text));
      counter += 1;
      offset = 0;
    }
    offset += 4;
    return block.getUint32(offset - 4);
  };
}

/** `2-5` for the id 14: 0-0, 0-1, … 0-6, 1-1, … 6-6. */
export function tileText(id) {
  let low = 0;
  let first = 0;
  while (id >= first + 7 - low) {
    first += 7 - low;
    low += 1;
  }
  return `${low}-${low + id - first}`;
}

export function tileId(text) {
  const [low, high] = text.split('-').map(Number);
  return 7 * low - (low * (low - 1)) / 2 + (high - low);
}

/** Who was dealt what: seats in rising order take seven tiles each from the front of the deck. */
export function tilesBySeat(deck, seats, each = 7) {
  const sorted = [...seats].sort((a, b) => a - b);
  return new Map(sorted.map((seat, k) => [seat, deck.slice(k * each, (k + 1) * each)]));
}

function fromHex(text) {
  if (!/^([0-9a-f]{2})+$/i.test(text)) throw new TypeError('a seed is hexadecimal text');
  return Uint8Array.from((text.match(/../g) ?? []).map((pair) => parseInt(pair, 16)));
}

const toHex = (buffer) =>
  Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
