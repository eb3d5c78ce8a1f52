/** What is seen and heard of each event; the state has it already. */
import { toast } from '../dialog.js';
import { announce } from '../dom.js';
import { amount, t } from '../i18n.js';
import { play } from '../sound.js';
import { EMOTES } from './dialogs.js';
import { celebrate, flash, flyCoins, shake, shout } from './effects.js';

const RESULT_DELAY_MS = 1600;

/** @param {any} page a TablePage @param {any} frame */
export function shown(page, frame) { EVENTS[frame.type]?.(page, frame); }

const EVENTS = {
  snapshot(page, { state }) {
    clearTimeout(page.resultTimer);
    page.line.clear();
    page.faces = undefined;
    page.dealt = null;
    page.banner.paused(false);
    rememberPlayers(page);
    if (state.hand && page.settle.isOpen) page.settle.close();
  },
  'seat.taken': (page, { player, seat }) => {
    play('pop');
    if (!page.state.hand) page.players.set(seat, player);
  },
  'seat.leaving': (page, { seat }) => {
    if (seat === page.state.mySeat) toast(t('leavingSoon'));
  },
  'hand.started'(page, { hand, your_tiles: tiles, seats }) {
    clearTimeout(page.resultTimer);
    if (!page.settle.isChecking) page.settle.close();
    page.faces = undefined;
    page.line.clear();
    rememberPlayers(page);
    const mine = seats.find(({ seat }) => seat === page.state.mySeat);
    page.dealt = tiles ? { hand, tiles, seed: mine?.client_seed } : null;
    play('deal');
    page.draw();
    page.hand.deal(page.middle);
    page.seats.deal(page.middle);
  },
  'tile.placed'(page, { seat, tile, by }) {
    const own = seat === page.state.mySeat;
    page.flightFrom = own
      ? page.choosing.from ?? page.hand.rectOf(tile)
      : page.seats.backsOf(seat)?.getBoundingClientRect() ?? null;
    page.choosing.from = null;
    play(tile[0] === tile[2] ? 'double' : 'place');
    announce(t('placedBy', { name: page.state.nameOf(seat), tile }));
    const why = { timeout: 'byTimeout', trustee: 'byTrustee' }[by];
    if (why) page.seats.bubble(seat, t(why), { kind: 'warn' });
  },
  'seat.passed'(page, { seat, paid }) {
    const name = page.state.nameOf(seat);
    const to = paid ? page.state.nameOf(paid.to) : '';
    const chips = paid ? amount(paid.amount) : '';
    page.seats.bubble(seat, t('passed'), {
      kind: 'pass', detail: paid ? t('passPays', { amount: chips, name: to }) : '',
    });
    play('pass');
    shake(page.seats.faceOf(seat));
    announce(paid ? t('passedPays', { name, amount: chips, to }) : t('passedBy', { name }));
    if (!paid) return;
    play('coin');
    flyCoins(
      page.parts.effects, page.seats.faceOf(seat), page.seats.faceOf(paid.to),
      { count: 4, delay: 180 },
    );
    flash(page.seats.faceOf(paid.to));
  },
  emote(page, { seat, emote }) {
    if (!EMOTES[emote]) return;
    play('pop');
    page.seats.bubble(seat, `${EMOTES[emote]} ${t(`emote_${emote}`)}`, { kind: 'emote' });
    announce(`${page.state.nameOf(seat)}: ${t(`emote_${emote}`)}`);
  },
  'hand.ended'(page, result) {
    const won = result.winner === page.state.mySeat;
    page.faces = new Map(result.tiles.map(({ seat, tiles }) => [seat, tiles]));
    shout(
      page.parts.effects, t(result.blocked ? 'blockedTitle' : 'goneOut'),
      result.blocked ? 'blocked' : 'win',
    );
    play(
      won ? (result.multiplier >= 4 ? 'bigWin' : 'win') : page.state.isSeated ? 'lose' : 'coins',
    );
    for (const { from, to, amount: chips } of result.payments) {
      if (chips > 0 && to === result.winner && from !== null) {
        flyCoins(
          page.parts.effects, page.seats.faceOf(from), page.seats.faceOf(to),
          { count: 6, delay: 300 },
        );
      }
    }
    if (won) celebrate(page.parts.effects);
    flash(page.seats.faceOf(result.winner));
    announce(
      won ? t('youWin') : t('wins', { name: page.state.nameOf(result.winner) }), { urgent: true },
    );
    page.resultTimer = setTimeout(() => page.showResult(), RESULT_DELAY_MS);
  },
  'hand.voided': (page) => {
    page.line.clear();
    page.faces = undefined;
    toast(t('handVoided'));
  },
  error(page, { code }) {
    if (['room_not_found', 'room_closed', 'join_code_needed'].includes(code)) {
      page.app.go('#/lobby');
    }
  },
  'room.closed'(page) {
    toast(t('closedRoom'));
    page.app.go('#/lobby');
  },
  trustee: (page, { seat, on }) => {
    if (seat === page.state.mySeat && on) toast(t('trusteeYou'));
  },
  paused: (page) => page.banner.paused(true),
  running: (page) => page.banner.paused(false),
};

/** Those who play the hand: their names outlast their seats. */
function rememberPlayers(page) {
  page.players = new Map([...page.state.seats].map(([seat, { player }]) => [seat, player]));
}
