/** The table: frames of the room come in, commands of the player go out, views show the state. */
import { toast, toastError } from '../dialog.js';
import { animate, announce, el, middleOf } from '../dom.js';
import { amount, t } from '../i18n.js';
import { play, soundIsOn, setSound } from '../sound.js';
import { tileFace } from '../tiles.js';
import { Banner } from './banner.js';
import { askAmount, openEmotes, openFair, openMenu } from './dialogs.js';
import { grab } from './drag.js';
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
  /** @param {any} app @param {{room: number}} params */
  constructor(app, { room }) {
    Object.assign(this, { app, room, chosen: null, chosenEnd: null, sent: null, queue: [] });
    this.client = app.client;
    this.state = new TableState({ playerID: app.client.player?.id });
    this.parts = buildScene();
    this.node = this.parts.root;
    this.node.dataset.state = 'waiting';
    this.banner = new Banner(this.parts.banner);
    this.seats = new SeatsView({ ring: this.parts.seats, mine: this.parts.myPlace, onSit: (seat) => this.askToSit(seat) });
    this.hand = new HandView(this.parts.tiles, {
      onChoose: (tile) => this.choose(tile), onGrab: (event, tile, node) => this.grab(event, tile, node),
    });
    this.line = new LineView(this.parts.line, (side) => this.chooseEnd(side));
    this.settle = new SettleSheet(this.node, {
      onLeave: () => this.stand(), onClose: () => this.focusTurn(),
    });
    this.players = new Map(); // who sat where in the hand that is shown
    this.dealt = null;
    this.tools();
  }

  tools() {
    const { parts } = this;
    parts.menu.append(roundButton('menu', t('tableMenu'), () => this.menu()));
    this.soundButton = roundButton('sound', '', () => this.toggleSound());
    parts.tools.append(roundButton('globe', t('otherLanguage'), () => this.app.switchLanguage()), this.soundButton);
    this.showSound();
    parts.actions.append(
      this.backButton = el('button', { class: 'button button--brass', type: 'button', hidden: true, text: t('iAmBack'), on: { click: () => this.imBack() } }),
      this.emoteButton = roundButton('emote', t('emote'), () => this.emote()));
  }

  /** The page is in the document: listen, and ask for the room. */
  open() {
    this.stops = [
      this.client.on('frame', (frame) => frame.room === this.room && this.take(frame)),
      this.client.on('status', (status) => this.connection(status)),
      this.client.on('error', (error) => error.room === this.room && toastError(error)),
    ];
    const resized = new ResizeObserver(() => this.line.resize(this.state.line) ?? this.draw());
    resized.observe(this.parts.line);
    const keys = (event) => keyPressed(event, this);
    addEventListener('keydown', keys);
    const timer = setInterval(() => this.tick(), TICK_MS);
    this.stops.push(() => resized.disconnect(), () => removeEventListener('keydown', keys), () => clearInterval(timer));
    this.connection({ status: this.client.status });
    this.client.watch(this.room);
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
    if (frame.ref !== undefined || frame.type === 'snapshot' || !this.state.isMyTurn) this.sent = null;
    shown(this, frame);
    if (before.turn && !this.state.isMyTurn) this.unchoose();
    this.draw(frame.type === 'tile.placed' ? this.flightFrom : null);
    if (!before.turn && this.state.isMyTurn) this.myTurn();
    if (before.mySeat !== null && this.state.mySeat === null && frame.type === 'seat.left') this.left(frame);
  }

  connection({ status, code }) {
    this.banner.connection(status, code);
    this.node.toggleAttribute('data-cut', status !== 'online');
    if (status === 'online') this.draw();
  }

  myTurn() {
    play('turn');
    this.line.root.removeAttribute('data-quiet');
    if (!this.settle.isOpen) this.focusTurn();
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
    this.seats.render(state, { faces: this.faces });
    this.line.render(state.line, { ...this.lineView(), from });
    const fits = new Set(this.playable().map(({ tile }) => tile));
    this.hand.render({
      tiles: state.hand?.mine ?? this.faces?.get(state.mySeat) ?? [], fits, active: state.isMyTurn && !this.sent, chosen: this.chosen, sent: this.sent,
    });
    this.parts.hand.hidden = !state.isSeated;
    this.emoteButton.hidden = !state.isSeated;
    this.backButton.hidden = !state.me?.trustee;
    this.showEnds();
    this.prompt();
  }

  /** The legal moves, or only those at the end that was pressed. */
  playable() {
    const { legal } = this.state;
    return this.chosenEnd ? legal.filter((move) => this.endsOf(move).includes(this.chosenEnd)) : legal;
  }

  /** Where both ends show the same number the server names one; either will do. */
  endsOf({ ends }) {
    const [left, right] = this.state.hand?.ends ?? [];
    return this.state.hand?.ends && left === right ? ['left', 'right'] : ends;
  }

  lineView() {
    const { state } = this;
    if (!state.hand) return { over: true };
    if (!state.isMyTurn || this.sent) return {};
    const moves = state.legal.filter(({ tile }) => !this.chosen || tile === this.chosen);
    const at = (side) => moves.filter((move) => this.endsOf(move).includes(side));
    const doubles = (side) => at(side).length > 0 && at(side).every(({ tile }) => tile[0] === tile[2]);
    return {
      fits: { left: at('left').length > 0, right: at('right').length > 0, double: { left: doubles('left'), right: doubles('right') } },
      target: this.chosen !== null || this.chosenEnd !== null,
      opens: this.dragging && !state.hand.ends,
    };
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
    this.parts.prompt.replaceChildren(...[strong && el('b', { text: strong }), soft && el('span', { text: soft })].filter(Boolean));
  }

  promptWords() {
    const { state } = this;
    if (!state.isSeated) return [null, t('spectating')];
    if (state.deal && !state.hand) {
      return [null, t('handStartsIn', { number: state.deal.number, seconds: state.secondsToDeal })];
    }
    if (!state.hand) return [null, t(state.seats.size > 1 ? 'waitingHand' : 'waitingPlayers')];
    if (this.sent) return [null, t('sending')];
    if (!state.hand.turn) return [];
    if (!state.isMyTurn) return [null, t('turnOf', { name: state.nameOf(state.hand.turn.seat) })];
    if (this.chosen) return [t('turnYours'), t('pickEnd')];
    if (state.hand.ends) return [t('turnYours'), t('pickTile')];
    const { legal } = state;
    return [t('turnYours'), legal.length === 1 ? t('openWith', legal[0]) : t('pickAny')];
  }

  tick() {
    const clock = this.state.clock();
    this.seats.tick(clock);
    this.settle.count(this.state.secondsToDeal);
    if (this.state.deal && !this.state.hand) this.prompt();
    const late = clock && clock.seat === this.state.mySeat && clock.seconds <= 5 && !this.sent;
    if (late && clock.seconds !== this.ticked && clock.seconds > 0) {
      play('tick');
      if (clock.seconds === 5) announce(t('secondsLeft', { count: 5 }), { urgent: true });
    }
    this.ticked = clock?.seconds;
  }

  // ---- Choosing --------------------------------------------------------------------------------

  unchoose() {
    this.chosen = null;
    this.chosenEnd = null;
  }

  /** A tile that fits one end goes there at once; one that fits two asks which. */
  choose(tile) {
    const move = this.state.legal.find((each) => each.tile === tile);
    if (!move || this.sent) return this.hand.nodes.get(tile) && this.refuse(tile);
    const ends = this.endsOf(move);
    if (this.chosenEnd && ends.includes(this.chosenEnd)) return this.place(tile, this.chosenEnd);
    if (move.ends.length === 1) return this.place(tile, move.ends[0]);
    this.chosen = this.chosen === tile ? null : tile;
    this.chosenEnd = null;
    this.draw();
    if (this.chosen) this.line.slot('left').focus({ preventScroll: true });
    return undefined;
  }

  refuse(tile) {
    if (!this.state.isMyTurn || this.sent) return;
    const node = this.hand.nodes.get(tile);
    animate(node, [{ translate: '0 0' }, { translate: '-5px 0' }, { translate: '5px 0' }, { translate: '0 0' }], { duration: 200 });
    announce(t('error_not_legal'));
  }

  chooseEnd(side) {
    if (!this.state.isMyTurn || this.sent) return;
    const moves = this.state.legal.filter((move) => this.endsOf(move).includes(side));
    if (this.chosen) return this.place(this.chosen, side);
    if (moves.length === 1) return this.place(moves[0].tile, side);
    this.chosenEnd = this.chosenEnd === side ? null : side;
    this.draw();
    this.hand.focus(moves[0].tile);
  }

  grab(event, tile, node) {
    const move = this.state.legal.find((each) => each.tile === tile);
    if (!move || this.sent) return;
    const stop = () => {
      this.dragging = false;
      this.unchoose();
      this.draw();
    };
    grab(event, node, {
      begin: () => {
        Object.assign(this, { chosen: tile, chosenEnd: null, dragging: true });
        this.draw();
      },
      nearest: (x, y) => this.line.slotsNear(x, y),
      drop: (side, from) => {
        this.dragging = false;
        this.place(tile, this.state.hand?.ends ? side : move.ends[0], from);
      },
      cancel: stop,
    });
  }

  async place(tile, end, from = null) {
    const { turn } = this.state.hand ?? {};
    if (!turn || this.sent) return;
    this.unchoose();
    this.sent = tile;
    this.sentFrom = from;
    this.draw();
    try {
      await this.client.place(this.room, turn, tile, end);
    } catch (error) {
      if (error.code !== 'closed') toastError(error);
    }
    if (this.sent === tile) this.sent = null;
    this.draw();
  }

  // ---- Other commands --------------------------------------------------------------------------

  menu() {
    openMenu(this.state, {
      toLobby: () => this.app.go('#/lobby'), stand: () => this.stand(), topUp: () => this.askToTopUp(),
      addBots: () => this.client.addBots(this.room, this.state.seatsMax - this.state.seats.size).catch(toastError),
      fair: () => openFair(this.state, { seed: this.app.clientSeed, onSeed: (seed) => this.seed(seed) }),
      lastResult: this.state.last ? () => this.showResult({ party: false }) : null,
    });
  }

  async seed(seed) {
    await this.client.clientSeed(this.room, seed);
    this.app.keepClientSeed(seed);
  }

  async stand() {
    try {
      await this.client.stand(this.room);
      if (this.state.me?.leaving) toast(t('leavingSoon'));
    } catch (error) {
      if (error.code === 'after_hand') toast(t('leavingSoon'));
      else if (error.code === 'not_seated') this.app.go('#/lobby');
      else toastError(error);
    }
  }

  async askToSit(seat) {
    const balance = await this.app.refreshWallet();
    const { buyInMin: min, buyInMax: max } = this.state;
    askAmount({
      min, max, balance, title: t('buyInTitle'), action: t('sitHere'),
      onChoose: (buyIn) => this.client.sit(this.room, { seat, buyIn }),
    });
  }

  async askToTopUp() {
    const balance = await this.app.refreshWallet();
    const room = this.state.buyInMax - (this.state.me?.stack ?? 0);
    if (room <= 0) return toast(t('topUpHint', { amount: amount(this.state.buyInMax) }));
    return askAmount({
      min: Math.min(room, Math.max(1, this.state.baseBet)), max: room, balance, title: t('topUp'), action: t('topUp'),
      onChoose: (chips) => this.client.topUp(this.room, { amount: chips }),
    });
  }

  emote() { openEmotes((name) => this.client.emote(this.room, name).catch(toastError)); }
  imBack() { this.client.back(this.room).catch(toastError); }

  showResult({ party = true } = {}) {
    const { state } = this;
    if (!state.last) return;
    this.settle.open(state.last, {
      players: this.players, mySeat: state.mySeat, baseBet: state.baseBet, rake: state.rake,
      promised: state.commits.get(state.last.number), dealt: this.dealt?.hand === state.last.hand ? this.dealt.tiles : undefined,
      seed: this.dealt?.hand === state.last.hand ? this.dealt.seed : undefined,
    }, { party });
  }

  toggleSound() {
    setSound(!soundIsOn(), this.app.storage);
    this.showSound();
  }

  showSound() {
    const on = soundIsOn();
    const label = t(on ? 'soundOff' : 'soundOn');
    const button = roundButton(on ? 'sound' : 'mute', label, () => this.toggleSound(), { attributes: { 'aria-pressed': String(on) } });
    const focused = document.activeElement === this.soundButton;
    this.soundButton.replaceWith(button);
    this.soundButton = button;
    if (focused) button.focus();
  }

  /** The middle of the table, where tiles are dealt from. */
  get middle() { return middleOf(this.parts.line); }
}
