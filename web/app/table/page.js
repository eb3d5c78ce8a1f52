/** The table: frames of the room come in, commands of the player go out, views show the state. */
import { toast, toastError } from '../dialog.js';
import { announce, el, middleOf } from '../dom.js';
import { amount, t } from '../i18n.js';
import { play, soundIsOn, setSound } from '../sound.js';
import { tileFace } from '../tiles.js';
import { Banner } from './banner.js';
import { Choosing } from './choosing.js';
import { Commands } from './commands.js';
import { shown } from './events.js';
import { HandView } from './hand-view.js';
import { LineView } from './line-view.js';
import { keyPressed } from './keys.js';
import { buildScene, nameTable, roundButton } from './scene.js';
import { SeatsView } from './seats-view.js';
import { SettleSheet } from './settle.js';
import { TableState } from './state.js';

const TICK_MS = 100;

export class TablePage {
  /** @param {any} app @param {{room: number, code?: string}} params */
  constructor(app, { room, code }) {
    Object.assign(this, { app, room, code });
    this.client = app.client;
    this.state = new TableState({ playerID: app.client.player?.id });
    this.parts = buildScene();
    this.node = this.parts.root;
    this.node.dataset.state = 'waiting';
    this.banner = new Banner(this.parts.banner);
    this.choosing = new Choosing(this);
    this.commands = new Commands(this);
    this.seats = new SeatsView({
      ring: this.parts.seats, mine: this.parts.myPlace,
      onSit: (seat) => this.commands.askToSit(seat),
    });
    this.hand = new HandView(this.parts.tiles, {
      onChoose: (tile) => this.choosing.choose(tile),
      onGrab: (event, tile, node) => this.choosing.grab(event, tile, node),
      onHint: (tile) => this.line.hint(this.choosing.endsFor(tile)),
    });
    this.line = new LineView(this.parts.line, (side) => this.choosing.chooseEnd(side));
    this.settle = new SettleSheet(this.node, {
      onLeave: () => this.commands.stand(), onClose: () => this.focusTurn(),
    });
    this.players = new Map(); // who sat where in the hand that is shown
    this.dealt = null;
    this.tools();
  }

  tools() {
    const { parts } = this;
    parts.menu.append(roundButton('menu', t('tableMenu'), () => this.commands.openMenu()));
    this.soundButton = roundButton('sound', '', () => this.toggleSound());
    const language = roundButton('globe', t('otherLanguage'), () => this.app.switchLanguage());
    parts.tools.append(language, this.soundButton);
    this.showSound();
    parts.actions.append(
      this.backButton = el('button', {
        class: 'button button--brass', type: 'button', hidden: true, text: t('iAmBack'),
        on: { click: () => this.commands.back() },
      }),
      this.emoteButton = roundButton('emote', t('emote'), () => this.commands.emote()));
  }

  /** The page is in the document: listen, and ask for the room. */
  open() {
    this.stops = [
      this.client.on('frame', (frame) => frame.room === this.room && this.take(frame)),
      this.client.on('status', (status) => this.connection(status)),
      this.client.on('error', (error) => error.room === this.room && toastError(error)),
    ];
    const resized = new ResizeObserver(() => {
      this.line.unit = undefined; // another size of the felt: tiles may be larger again
      this.draw();
    });
    resized.observe(this.parts.line);
    const keys = (event) => keyPressed(event, this);
    addEventListener('keydown', keys);
    const timer = setInterval(() => this.tick(), TICK_MS);
    this.stops.push(
      () => resized.disconnect(), () => removeEventListener('keydown', keys),
      () => clearInterval(timer), () => clearTimeout(this.resultTimer));
    this.connection({ status: this.client.status });
    this.client.watch(this.room, { joinCode: this.code });
  }

  close() {
    for (const stop of this.stops ?? []) stop();
    this.settle.close();
    this.seats.stop();
    this.client.unwatch(this.room);
  }

  // ---- Frames ----------------------------------------------------------------------------------

  take(frame) {
    const before = { turn: this.state.isMyTurn, mySeat: this.state.mySeat };
    this.state.apply(frame);
    const { choosing } = this;
    if (frame.type === 'snapshot' || !this.state.isMyTurn) choosing.sent = null;
    shown(this, frame);
    if (before.turn && !this.state.isMyTurn) choosing.forget();
    this.draw(frame.type === 'tile.placed' ? this.flightFrom : null);
    if (!before.turn && this.state.isMyTurn) this.myTurn();
    const gone = before.mySeat !== null && this.state.mySeat === null;
    if (gone && frame.type === 'seat.left') this.left(frame);
  }

  connection({ status, code }) {
    this.banner.connection(status, code);
    this.node.toggleAttribute('data-cut', status !== 'online');
    if (status === 'online') this.draw();
  }

  myTurn() {
    play('turn');
    this.settle.close();
    this.focusTurn();
    if (document.hidden) document.title = `● ${t('turnYours')}`;
  }

  focusTurn() {
    if (!this.state.isMyTurn || document.querySelector('dialog[open]')) return;
    const idle = document.activeElement === document.body || this.hand.hasFocus
      || !document.activeElement?.isConnected;
    const [first] = this.state.legal;
    if (idle && first) this.hand.focus(first.tile);
  }

  left({ cashed_out: chips }) {
    if (chips !== undefined) toast(t('stood', { amount: amount(chips, { full: true }) }));
    this.app.refreshWallet();
    this.app.go('#/lobby');
  }

  // ---- Drawing ---------------------------------------------------------------------------------

  draw(from = null) {
    const { state } = this;
    if (!state.ready) return;
    nameTable(this.parts, state);
    this.node.dataset.state = state.hand ? 'playing' : 'waiting';
    this.node.toggleAttribute('data-spectating', !state.isSeated);
    const over = this.faces && !state.hand;
    this.seats.render(
      state, { faces: this.faces, pips: true, winner: over ? state.last?.winner : null },
    );
    this.line.render(state.line, { ...this.choosing.view, from });
    const { choosing } = this;
    this.hand.render({
      tiles: state.hand?.mine ?? this.faces?.get(state.mySeat) ?? [],
      fits: new Set(choosing.moves.map(({ tile }) => tile)), active: choosing.isOpen,
      chosen: choosing.tile, sent: choosing.sent,
    });
    this.parts.hand.toggleAttribute('data-empty', this.hand.nodes.size === 0);
    this.emoteButton.hidden = !state.isSeated;
    this.backButton.hidden = !state.me?.trustee;
    this.showEnds();
    this.prompt();
  }

  showEnds() {
    const { ends } = this.state.hand ?? {};
    this.parts.ends.hidden = !ends;
    if (!ends || this.endsShown === ends.join()) return;
    this.endsShown = ends.join();
    this.parts.ends.replaceChildren(el('span', { text: t('ends') }),
      ...ends.map((number) => el('span', { class: 'ends__half', art: tileFace(number, number) })));
  }

  prompt() {
    const [strong, soft] = this.promptWords();
    const words = `${strong ?? ''}|${soft ?? ''}`;
    this.parts.prompt.hidden = !strong && !soft;
    if (this.promptShown === words) return;
    this.promptShown = words;
    this.parts.prompt.replaceChildren(...[
      strong && el('b', { text: strong }), soft && el('span', { text: soft }),
    ].filter(Boolean));
  }

  promptWords() {
    const { state } = this;
    if (!state.isSeated) {
      return state.promisedSeat === null ? [null, t('spectating')]
        : [t('promisedYou'), t('promisedSoon')];
    }
    if (state.secondsToDeal > 0 && !state.hand) {
      return [null, t('handStartsIn', { number: state.deal.number, seconds: state.secondsToDeal })];
    }
    if (!state.hand) return [null, t(state.seats.size > 1 ? 'waitingHand' : 'waitingPlayers')];
    if (this.choosing.sent) return [null, t('sending')];
    if (!state.hand.turn) return [];
    if (!state.isMyTurn) return [null, t('turnOf', { name: state.nameOf(state.hand.turn.seat) })];
    if (state.clock()?.inBank) return [t('turnYours'), t('bank')];
    if (this.choosing.tile) return [t('turnYours'), t('pickEnd')];
    if (state.hand.ends) return [t('turnYours'), t('pickTile')];
    const { legal } = state;
    return [t('turnYours'), legal.length === 1 ? t('openWith', legal[0]) : t('pickAny')];
  }

  tick() {
    const clock = this.state.clock();
    this.seats.tick(clock);
    this.settle.count(this.state.secondsToDeal);
    if (clock?.inBank || (this.state.deal && !this.state.hand)) this.prompt();
    const late = clock && clock.seat === this.state.mySeat && clock.seconds <= 5
      && !this.choosing.sent;
    if (late && clock.seconds !== this.ticked && clock.seconds > 0) {
      play('tick');
      if (clock.seconds === 5) announce(t('secondsLeft', { count: 5 }), { urgent: true });
    }
    this.ticked = clock?.seconds;
  }

  showResult({ party = true } = {}) {
    const { state } = this;
    if (!state.last) return;
    const dealt = this.dealt?.hand === state.last.hand ? this.dealt : null;
    this.settle.open(state.last, {
      players: this.players, mySeat: state.mySeat, baseBet: state.baseBet, rake: state.rake,
      promised: state.commits.get(state.last.number), dealt: dealt?.tiles, seed: dealt?.seed,
    }, { party });
  }

  toggleSound() {
    setSound(!soundIsOn(), this.app.storage);
    this.showSound();
  }

  showSound() {
    const on = soundIsOn();
    const label = t(on ? 'soundOff' : 'soundOn');
    const button = roundButton(on ? 'sound' : 'mute', label, () => this.toggleSound(), {
      attributes: { 'aria-pressed': String(on) },
    });
    const focused = document.activeElement === this.soundButton;
    this.soundButton.replaceWith(button);
    this.soundButton = button;
    if (focused) button.focus();
  }

  /** The middle of the table, where tiles are dealt from. */
  get middle() { return middleOf(this.parts.line); }
}
