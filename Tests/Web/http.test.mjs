import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HiggsClient, HiggsError, LIMITS, uuidv7 } from '../../web/client/higgs-client.js';
import { Clock, fakeFetch, GRANT, memory, signedInClient } from './support.mjs';

const newClient = (answers, options = {}) => {
  const clock = new Clock();
  const { fetch, calls } = fakeFetch(answers);
  const storage = memory();
  const client = new HiggsClient({
    baseURL: 'http://higgs.test/', fetch, timers: clock, now: () => clock.now, random: () => 1,
    network: null, storage, ...options,
  });
  return { client, clock, calls, storage };
};

/** Lets the waits of a call pass until it is answered. */
async function patiently(clock, call) {
  let done = false;
  const mark = () => { done = true; };
  call.then(mark, mark);
  while (!done) {
    await new Promise((resolve) => { setImmediate(resolve); });
    await clock.pass(500);
  }
  return call;
}

const FRESH = { access_token: 'access-2', refresh_token: 'refresh-2', expires_in: 900 };

describe('Signing in', () => {
  it('makes a guest and remembers it', async () => {
    const { client, calls, storage } = newClient({ 'POST /v1/auth/guest': [201, GRANT] });
    const player = await client.signInAsGuest({ displayName: 'Sari', locale: 'id' });
    assert.equal(player.name, 'Sari');
    assert.deepEqual(calls[0].body, { display_name: 'Sari', locale: 'id' });
    assert.equal(calls[0].headers.authorization, undefined);
    const again = new HiggsClient({ baseURL: 'http://higgs.test', storage, network: null });
    assert.equal(again.isSignedIn, true);
    assert.equal(again.player.name, 'Sari');
  });

  it('signs the known guest in again after signing out', async () => {
    const { client, calls } = newClient({
      'POST /v1/auth/guest': [201, GRANT], 'DELETE /v1/session': [204, null],
      'POST /v1/auth/guest/sign-in': [200, { ...GRANT, guest_secret: null }],
    });
    await client.signInAsGuest();
    await client.signOut();
    assert.equal(client.isSignedIn, false);
    await client.signInAsGuest();
    assert.deepEqual(calls.at(-1).body, { guest_secret: 'secret' });
    await client.signOut({ forget: true });
    assert.equal(client.knowsGuest, false);
  });
});

describe('Calls', () => {
  it('carry the token', async () => {
    const { client, calls } = signedInClient({ 'GET /v1/wallets': [200, { items: [] }] });
    await client.wallets();
    assert.equal(calls[0].headers.authorization, 'Bearer access-1');
  });

  it('throw the problem that the server names', async () => {
    const problem = { type: 'about:blank', title: 'Conflict', status: 409, code: 'hand_running', detail: 'It runs.' };
    const { client } = signedInClient({ 'GET /v1/hands/1': [409, problem] });
    await assert.rejects(client.hand('1'), (error) => error instanceof HiggsError
      && error.code === 'hand_running' && error.status === 409 && error.detail === 'It runs.');
  });

  it('renew the token once, for many calls at a time', async () => {
    let renewed = 0;
    const { client, clock } = signedInClient({
      'POST /v1/auth/refresh': () => { renewed += 1; return [200, FRESH]; },
      'GET /v1/wallets': ({ headers }) => (headers.authorization === 'Bearer access-2'
        ? [200, { items: [] }] : [401, { code: 'unauthenticated' }]),
    });
    clock.now += 900_000;
    await Promise.all([client.wallets(), client.wallets(), client.wallets()]);
    assert.equal(renewed, 1);
  });

  it('renew the token where it was revoked early', async () => {
    const { client } = signedInClient({
      'POST /v1/auth/refresh': [200, FRESH],
      'GET /v1/me': ({ headers }) => (headers.authorization === 'Bearer access-2'
        ? [200, { player: GRANT.player }] : [401, { code: 'unauthenticated' }]),
    });
    assert.equal((await client.me()).player.id, 'p1');
  });

  it('fall back to the guest secret where the refresh token is spent', async () => {
    const { client, clock } = signedInClient({
      'POST /v1/auth/refresh': [401, { code: 'unauthenticated' }],
      'POST /v1/auth/guest/sign-in': [200, { ...GRANT, ...FRESH }],
      'GET /v1/wallets': [200, { items: [1] }],
    });
    clock.now += 900_000;
    assert.deepEqual(await client.wallets(), { items: [1] });
  });

  it('are repeated while the network is away, with the same idempotency key', async () => {
    let tries = 0;
    const { client, clock, calls } = signedInClient({
      'POST /v1/quick-seat': () => { tries += 1; return tries < 3 ? [0] : [201, { room: 7 }]; },
    });
    const { room } = await patiently(clock, client.quickSeat({ stake: 'gaple-1', buyIn: 2000 }));
    assert.equal(room, 7);
    assert.equal(new Set(calls.map(({ headers }) => headers['idempotency-key'])).size, 1);
    assert.deepEqual(calls[0].body, { stake: 'gaple-1', buy_in: 2000 });
  });

  it('end after a few tries', async () => {
    const { client, clock, calls } = signedInClient({ 'GET /v1/games': [503, { code: 'unavailable' }] });
    await assert.rejects(patiently(clock, client.games()), { code: 'unavailable' });
    assert.equal(calls.length, LIMITS.requestTries);
  });

  it('are not repeated where the answer would be the same', async () => {
    const { client, calls } = signedInClient({ 'GET /v1/hands/9': [404, { code: 'not_found' }] });
    await assert.rejects(client.hand('9'), { code: 'not_found', status: 404 });
    assert.equal(calls.length, 1);
  });

  it('are not repeated while the server is being maintained', async () => {
    const { client, calls } = signedInClient({
      'POST /v1/quick-seat': [503, { code: 'maintenance' }],
    });
    await assert.rejects(client.quickSeat({ stake: 'gaple-1' }), { code: 'maintenance' });
    assert.equal(calls.length, 1);
  });

  it('do not renew the token for ever', async () => {
    let renewed = 0;
    const { client } = signedInClient({
      'POST /v1/auth/refresh': () => {
        renewed += 1;
        return renewed > 3 ? [500, {}] : [200, { ...FRESH, access_token: `access-${renewed}` }];
      },
      'GET /v1/me': [401, { code: 'unauthenticated' }],
    });
    await assert.rejects(client.me(), { code: 'unauthenticated' });
    assert.equal(renewed, 1);
  });

  it('are never repeated where that could happen twice', async () => {
    const { client, calls } = signedInClient({ 'PATCH /v1/me': [503, { code: 'unavailable' }] });
    await assert.rejects(client.updateMe({ display_name: 'Budi' }), { code: 'unavailable' });
    assert.equal(calls.length, 1);
  });

  it('pass cursors on', async () => {
    const { client, calls } = signedInClient({ 'GET /v1/hands': [200, { items: [] }] });
    await client.hands('abc');
    await client.hands();
    assert.deepEqual(calls.map(({ search }) => search), ['?cursor=abc', '']);
  });
});

describe('A UUID of version 7', () => {
  it('begins with the time, so that later ones sort later', () => {
    const zeros = (count) => new Uint8Array(count);
    assert.equal(uuidv7(0x0192_3456_789a, zeros), '01923456-789a-7000-8000-000000000000');
    assert.ok(uuidv7(1) < uuidv7(2));
  });

  it('is never the same twice', () => {
    assert.equal(new Set(Array.from({ length: 1000 }, () => uuidv7(5))).size, 1000);
  });
});
