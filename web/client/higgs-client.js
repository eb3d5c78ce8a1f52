/**
 * The client of Higgs Domino: sign-in, HTTP calls that can be repeated safely, and a socket that
 * comes back by itself and misses nothing. No dependencies; browsers and Node 20 or newer (there
 * pass `WebSocket`, and `storage` if a session is to outlive the process).
 *
 *   const client = new HiggsClient({ baseURL: 'http://127.0.0.1:3000' });
 *   await client.signInAsGuest({ displayName: 'Sari' });
 *   client.on('tile.placed', (event) => console.log(event.seat, event.tile));
 *   const { room } = await client.quickSeat({ stake: 1 });
 *   client.watch(room);
 *   client.connect();
 *
 * The server decides everything: a command's promise is kept after its outcome is committed. A
 * command that was not answered is sent again with its `ref` after a reconnect, and the same
 * `ref` gets the first answer, so nothing happens twice.
 *
 * @typedef {'left' | 'right'} End
 * @typedef {{id: string, name: string, avatar?: string | null, is_bot?: boolean, level?: number,
 *            is_guest?: boolean}} Player
 * @typedef {{hand: string, move: number, seat: number, remaining_ms: number,
 *            time_bank_ms: number, legal?: {tile: string, ends: End[]}[]}} Turn `legal` only for
 *            the seat itself; `move` is the number that the next move gets
 * @typedef {{type: string, room?: number, seq?: number, [field: string]: any}} Frame one message of
 *            the server, as docs/api/websocket.md lists them
 * @typedef {'idle' | 'connecting' | 'online' | 'waiting' | 'closed'} Status
 * @typedef {{status: Status, attempt: number, retryInMs?: number, code?: number}} StatusEvent
 */

import { HiggsSocket, PROTOCOL } from './socket.js';
import { HiggsError, LIMITS, uuidv7 } from './support.js';

export { HiggsError, LIMITS, PROTOCOL, uuidv7 };

export class HiggsClient extends HiggsSocket {
  /** Seats that bots give up for this player. */
  #wishes = /** @type {Map<number, {id: string, seat?: number, buyIn?: number}>} */ (new Map());

  /**
   * Takes a seat. `is_waiting` in the answer: a bot gives it up after the hand; until then the wish
   * is kept in mind, and said again where the server has forgotten it.
   */
  async sit(room, { id = uuidv7(), seat, buyIn }) {
    const done = await this.send(
      'sit', { room, id, ...(seat !== undefined && { seat }), buy_in: buyIn },
    );
    if (done.is_waiting) this.#wishes.set(room, { id, seat: done.seat, buyIn });
    return done;
  }

  /** Sits down somewhere at a stake; `is_waiting` as with `sit`. */
  async quickSeat(wish) {
    const found = await super.quickSeat(wish);
    if (found.is_waiting) {
      this.#wishes.set(found.room, { id: found.session, seat: found.seat, buyIn: wish.buyIn });
    }
    return found;
  }

  stand(room) { return this.send('stand', { room }); }
  topUp(room, { id = uuidv7(), amount }) { return this.send('top_up', { room, id, amount }); }
  /**
   * @param {number} room @param {{hand: string, move: number}} turn
   * @param {string} tile @param {End} end
   */
  place(room, turn, tile, end) {
    return this.send('place', { room, turn: { hand: turn.hand, move: turn.move }, tile, end });
  }
  back(room) { return this.send('back', { room }); }
  clientSeed(room, seed) { return this.send('client_seed', { room, seed }); }
  emote(room, emote) { return this.send('emote', { room, emote }, { passing: true }); }

  unwatch(room) {
    this.#wishes.delete(room);
    super.unwatch(room);
  }

  close() {
    this.#wishes.clear();
    super.close();
  }

  /** What becomes of a promised seat; one that the server has forgotten is wished again. */
  follow(frame) {
    const wish = this.#wishes.get(frame.room);
    if (!wish) return;
    if (this.#isOver(wish, frame)) return void this.#wishes.delete(frame.room);
    const isForgotten = frame.type === 'snapshot'
      && !frame.state.seats.some((seat) => seat.promised_to === this.player?.id);
    if (!isForgotten) return;
    const { id, buyIn = frame.state.buy_in_min } = wish;
    this.#wishes.delete(frame.room);
    this.sit(frame.room, { id, buyIn }).catch(({ code, message }) =>
      this.emit('error', { type: 'error', room: frame.room, code, message }));
  }

  #isOver({ seat }, frame) {
    switch (frame.type) {
      case 'seat.taken': return frame.player.id === this.player?.id;
      case 'seat.promised': return frame.seat === seat && frame.to === null;
      case 'error': return frame.code !== 'moved';
      case 'room.closed': return true;
      case 'snapshot': return Boolean(frame.state.you);
      default: return false;
    }
  }
}
