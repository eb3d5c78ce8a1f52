/**
 * A recorded hand: what `GET /v1/hands/{id}/replay` gives, turned into the table at every step.
 * The tiles of all seats follow from the deck, which is open once the hand is over.
 */
import { tilesBySeat, tileText } from '../../client/fair.js';
import { amount, t } from '../i18n.js';
import { TableState } from '../table/state.js';

export class Recording {
  /** @param {any} replay @param {string | undefined} playerID */
  constructor(replay, playerID) {
    const { setup } = replay;
    const seats = replay.players ?? replay.seats ?? [];
    this.number = replay.number;
    this.endedAt = replay.ended_at;
    this.roomName = replay.room_name ?? '';
    this.baseBet = setup.baseBet ?? setup.base_bet;
    const rake = setup.rules?.options?.rake ?? null;
    this.rake = rake && { basis_points: rake.basisPoints ?? rake.basis_points };
    this.moves = replay.moves;
    this.result = replay.result ?? null;
    this.players = new Map(seats.map(({ seat, player }) => [seat, player]));
    this.mySeat = seats.find(({ player }) => player?.id === playerID)?.seat ?? null;
    this.start = new Map(setup.seats.map(({ seat, stack }) => [seat, stack]));
    const deck = (replay.deal?.deck ?? []).map((tile) => (typeof tile === 'number' ? tileText(tile) : tile));
    this.dealt = tilesBySeat(deck, [...this.start.keys()]);
  }

  get total() { return this.moves.length; }

  /** The table after a number of moves. */
  at(step) {
    const state = new TableState();
    Object.assign(state, { ready: true, name: this.roomName, baseBet: this.baseBet, seatsMax: 4, mySeat: this.mySeat, spectators: 0 });
    const faces = new Map([...this.dealt].map(([seat, tiles]) => [seat, [...tiles]]));
    for (const [seat, player] of this.players) {
      state.seats.set(seat, {
        seat, player, stack: this.start.get(seat) ?? 0, online: true, trustee: false, leaving: false,
        tilesLeft: faces.get(seat)?.length ?? 0, passNet: 0,
      });
    }
    state.hand = { id: '', number: this.number, line: [], ends: null, mine: [], turn: null, passes: [], openWith: null };
    for (const move of this.moves.slice(0, step)) this.make(state, faces, move);
    return { state, faces };
  }

  make(state, faces, move) {
    if (move.kind === 'place') {
      faces.set(move.seat, (faces.get(move.seat) ?? []).filter((tile) => tile !== move.tile));
      state.hand.line.push(move);
    } else if (move.kind === 'pass') state.apply({ type: 'seat.passed', seat: move.seat, paid: move.paid ?? null });
  }

  /** What happened last, in words. */
  wordsAt(step) {
    const count = t('stepCount', { step, total: this.total });
    const move = this.moves[step - 1];
    if (!move) return `${count} · ${t('deal')}`;
    const name = this.players.get(move.seat)?.name ?? '';
    const what = move.kind === 'place' ? t('placedBy', { name, tile: move.tile }) : t('passedBy', { name });
    return `${count} · ${what}`;
  }

  payWords({ paid }) {
    if (!paid) return '';
    return t('passPays', { amount: amount(paid.amount), name: this.players.get(paid.to)?.name ?? '' });
  }
}
