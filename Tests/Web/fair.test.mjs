import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import {
  commitOf, deckOf, numberBelow, SCHEME, tileId, tilesBySeat, tileText, verifyDeal,
} from '../../web/client/fair.js';

// Debian's Node 18 has WebCrypto, but not yet as a global.
globalThis.crypto ??= webcrypto;

const { vectors } = JSON.parse(readFileSync(new URL('fair_shuffle.json', import.meta.url)));

/** A record as the server reveals it; the vectors name all client seeds as one text. */
const recordOf = (vector) => ({
  scheme: SCHEME, commit: vector.commit_sha256, server_seed: vector.server_seed_hex,
  client_seeds: [vector.client_seed], nonce: vector.nonce, deck: vector.permutation_ids,
});

describe('A deal recomputed in the browser', () => {
  for (const [i, vector] of vectors.entries()) {
    it(`is the published one, vector ${i + 1}`, async () => {
      assert.equal(await commitOf(vector.server_seed_hex), vector.commit_sha256);
      const deck = await deckOf(recordOf(vector));
      assert.deepEqual(deck, vector.permutation_ids);
      assert.deepEqual(deck.map(tileText), vector.deck);
      assert.equal((await verifyDeal(recordOf(vector))).ok, true);
    });
  }

  it('joins the seeds of the seats by commas', async () => {
    const [, vector] = vectors;
    const joined = { ...recordOf(vector), client_seeds: ['alice', 'bob'] };
    const one = { ...recordOf(vector), client_seeds: ['alice,bob'] };
    assert.deepEqual(await deckOf(joined), await deckOf(one));
  });

  it('names what does not fit: another seed, another order, another scheme', async () => {
    const record = recordOf(vectors[1]);
    const seed = await verifyDeal({ ...record, server_seed: 'ff'.repeat(32) });
    assert.deepEqual([seed.commit, seed.deck, seed.ok], [false, false, false]);
    const swapped = [...record.deck.slice(1), record.deck[0]];
    const order = await verifyDeal({ ...record, deck: swapped });
    assert.deepEqual([order.commit, order.deck, order.ok], [true, false, false]);
    const short = await verifyDeal({ ...record, deck: record.deck.slice(0, 27) });
    assert.equal(short.ok, false);
    assert.equal((await verifyDeal({ ...record, scheme: 'dice' })).ok, false);
  });

  it('throws words away that would favour low numbers', async () => {
    const words = [2 ** 32 - 1, 2 ** 32 - 4, 2 ** 32 - 5];
    assert.equal(await numberBelow(28, () => words.shift()), (2 ** 32 - 5) % 28);
    assert.equal(words.length, 0);
  });

  it('refuses a seed that is not hexadecimal', async () => {
    await assert.rejects(commitOf('xyz'), /hexadecimal/);
  });

  it('knows all 28 tiles by number and by text', () => {
    const texts = Array.from({ length: 28 }, (_, id) => tileText(id));
    assert.equal(new Set(texts).size, 28);
    assert.deepEqual([texts[0], texts[6], texts[7], texts[27]], ['0-0', '0-6', '1-1', '6-6']);
    texts.forEach((text, id) => assert.equal(tileId(text), id));
  });

  it('gives the lowest seat the first seven tiles', () => {
    const deck = Array.from({ length: 28 }, (_, id) => id);
    const dealt = tilesBySeat(deck, [2, 0]);
    assert.deepEqual(dealt.get(0), [0, 1, 2, 3, 4, 5, 6]);
    assert.deepEqual(dealt.get(2), [7, 8, 9, 10, 11, 12, 13]);
  });
});
