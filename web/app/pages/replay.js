/** A hand of the past, move by move, with all tiles open and its deal to be checked. */
import { wordsFor } from '../dialog.js';
import { announce, art, el } from '../dom.js';
import { moment, t } from '../i18n.js';
import { icon } from '../icons.js';
import { play } from '../sound.js';
import { flyCoins } from '../table/effects.js';
import { HandView } from '../table/hand-view.js';
import { LineView } from '../table/line-view.js';
import { buildScene, nameTable, roundButton } from '../table/scene.js';
import { SeatsView } from '../table/seats-view.js';
import { SettleSheet } from '../table/settle.js';
import { Recording } from './recording.js';

const PLAY_MS = 1100;

export class ReplayPage {
  constructor(app, { id }) {
    Object.assign(this, { app, id, step: 0, timer: null });
    this.parts = buildScene();
    this.node = this.parts.root;
    this.node.dataset.state = 'replay';
    this.parts.menu.append(roundButton('back', t('back'), () => app.go('#/hands')));
    this.parts.tools.append(roundButton('globe', t('otherLanguage'), () => app.switchLanguage()));
    this.seats = new SeatsView({ ring: this.parts.seats, mine: this.parts.myPlace });
    this.line = new LineView(this.parts.line);
    this.hand = new HandView(this.parts.tiles);
    this.settle = new SettleSheet(this.node, { onLeave: () => {} });
  }

  async open() {
    this.message(t('loading'));
    try {
      this.recording = new Recording(
        await this.app.client.replay(this.id), this.app.client.player?.id,
      );
    } catch (error) {
      return this.message(wordsFor(error));
    }
    this.controls();
    this.resized = new ResizeObserver(() => { this.line.unit = undefined; this.draw(); });
    this.resized.observe(this.parts.line);
    this.keys = (event) => this.key(event);
    addEventListener('keydown', this.keys);
    this.draw();
    return undefined;
  }

  close() {
    this.pause();
    this.resized?.disconnect();
    removeEventListener('keydown', this.keys);
    this.settle.close();
    this.seats.stop();
  }

  message(text) {
    this.parts.prompt.hidden = false;
    this.parts.prompt.replaceChildren(el('span', { text }));
  }

  controls() {
    const go = (step) => () => { this.pause(); this.go(step()); };
    const { total } = this.recording;
    this.range = el('input', {
      type: 'range', class: 'replay__range', min: 0, max: total, value: 0,
      'aria-label': t('replay'),
      on: { input: () => { this.pause(); this.go(Number(this.range.value)); } },
    });
    this.playButton = roundButton(
      'play', t('play'), () => this.toggle(), { class: 'button--brass' },
    );
    this.parts.actions.append(el('div', {
      class: 'replay', role: 'group', 'aria-label': t('replay'),
    },
      el('div', { class: 'replay__buttons' },
        roundButton('first', t('stepFirst'), go(() => 0)),
        roundButton('previous', t('stepBack'), go(() => this.step - 1)),
        this.playButton, roundButton('next', t('stepOn'), go(() => this.step + 1)),
        roundButton('last', t('stepLast'), go(() => total)),
        this.recording.result && roundButton('trophy', t('result'), () => this.showResult())),
      this.range));
  }

  key({ key, target }) {
    if (target.matches?.('input') || document.querySelector('dialog[open]')) return;
    if (key === 'ArrowRight') this.go(this.step + 1);
    if (key === 'ArrowLeft') this.go(this.step - 1);
  }

  go(step) {
    const next = Math.max(0, Math.min(this.recording.total, step));
    const forward = next === this.step + 1;
    const from = forward ? this.originOf(this.recording.moves[this.step]) : null;
    this.step = next;
    this.draw(from);
    if (forward) this.effects(this.recording.moves[next - 1]);
    announce(this.recording.wordsAt(next));
  }

  originOf(move) {
    if (move?.kind !== 'place') return null;
    const own = move.seat === this.recording.mySeat;
    if (own) return this.hand.rectOf(move.tile);
    return this.seats.backsOf(move.seat)?.getBoundingClientRect();
  }

  effects(move) {
    if (move.kind === 'place') return play(move.tile[0] === move.tile[2] ? 'double' : 'place');
    this.seats.bubble(
      move.seat, t('passed'), { kind: 'pass', detail: this.recording.payWords(move) },
    );
    if (move.paid) flyCoins(
      this.parts.effects, this.seats.faceOf(move.seat), this.seats.faceOf(move.paid.to),
      { count: 4 },
    );
    return play('pass');
  }

  draw(from = null) {
    const { state, faces } = this.recording.at(this.step);
    nameTable(this.parts, state);
    this.parts.title.textContent = t('replayOf', { number: this.recording.number });
    this.parts.print.textContent = moment(this.recording.endedAt);
    this.seats.render(state, { faces });
    this.line.render(state.line, { from, over: this.step === this.recording.total });
    this.hand.render(
      {
        tiles: faces.get(state.mySeat ?? 0) ?? [], fits: new Set(), active: false, chosen: null,
        sent: null,
      },
    );
    this.range.value = String(this.step);
    this.range.setAttribute('aria-valuetext', this.recording.wordsAt(this.step));
    this.message(this.recording.wordsAt(this.step));
  }

  toggle() {
    if (this.timer) return this.pause();
    if (this.step === this.recording.total) this.go(0);
    this.timer = setInterval(() => {
      this.go(this.step + 1);
      if (this.step === this.recording.total) this.pause();
    }, PLAY_MS);
    return this.showPlaying();
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    if (this.playButton) this.showPlaying();
  }

  showPlaying() {
    this.playButton.replaceChildren(art(icon(this.timer ? 'pause' : 'play')));
    this.playButton.setAttribute('aria-label', t(this.timer ? 'pause' : 'play'));
  }

  showResult() {
    this.pause();
    const { result, players, baseBet, rake } = this.recording;
    this.settle.open(result, {
      players, mySeat: this.recording.mySeat, baseBet, rake, promised: this.recording.commit,
      dealt: this.recording.dealt.get(this.recording.mySeat), leave: false,
    }, { party: false });
  }
}
