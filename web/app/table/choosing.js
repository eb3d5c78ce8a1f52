/**
 * Choosing a tile and an end: by press, by dragging, by keyboard; then sending the choice. What is
 * legal comes from the server alone.
 */
import { toastError } from '../dialog.js';
import { animate, announce } from '../dom.js';
import { t } from '../i18n.js';
import { grab } from './drag.js';

export class Choosing {
  /** @param {any} page a TablePage */
  constructor(page) {
    this.page = page;
    /** @type {string | null} */ this.tile = null; // waits for an end
    /** @type {'left' | 'right' | null} */ this.end = null; // waits for a tile
    /** @type {string | null} */ this.sent = null; // on its way to the server
    /** @type {DOMRect | null} */ this.from = null; // where a dragged tile was let go
    this.dragging = false;
  }

  get state() { return this.page.state; }
  get isOpen() { return this.state.isMyTurn && !this.sent; }

  /** The legal moves, or only those at the end that was pressed. */
  get moves() {
    const { legal } = this.state;
    return this.end ? legal.filter((move) => this.endsOf(move).includes(this.end)) : legal;
  }

  /** Where both ends show the same number either will do. */
  endsOf({ ends }) {
    const [left, right] = this.state.hand?.ends ?? [];
    return this.state.hand?.ends && left === right ? ['left', 'right'] : ends;
  }

  /** The ends that take a tile. */
  endsFor(tile) {
    const move = this.isOpen && tile ? this.state.legal.find((each) => each.tile === tile) : null;
    return move ? this.endsOf(move) : [];
  }

  /** What the line shows of it. */
  get view() {
    if (!this.state.hand) return { over: true };
    if (!this.isOpen) return {};
    const moves = this.state.legal.filter(({ tile }) => !this.tile || tile === this.tile);
    const at = (side) => moves.filter((move) => this.endsOf(move).includes(side));
    const doubles = (side) => at(side).length > 0 && at(side).every(
      ({ tile }) => tile[0] === tile[2],
    );
    return {
      fits: {
        left: at('left').length > 0, right: at('right').length > 0,
        double: { left: doubles('left'), right: doubles('right') },
      },
      target: this.tile !== null || this.end !== null,
      opens: this.dragging && !this.state.hand.ends,
    };
  }

  forget() {
    this.tile = null;
    this.end = null;
  }

  /** Escape: the choice is taken back, the focus stays with the tile. */
  cancel() {
    const { tile } = this;
    this.forget();
    this.page.draw();
    if (tile) this.page.hand.focus(tile);
  }

  /** A tile that fits one end goes there at once; one that fits two asks which. */
  choose(tile) {
    const move = this.state.legal.find((each) => each.tile === tile);
    if (!this.isOpen) return;
    if (!move) return void this.refuse(tile);
    if (this.end && this.endsOf(move).includes(this.end)) return void this.place(tile, this.end);
    const [left, right] = this.state.hand?.ends ?? [];
    if (move.ends.length === 1 || left === right) return void this.place(tile, move.ends[0]);
    this.tile = this.tile === tile ? null : tile;
    this.end = null;
    this.page.draw();
    if (this.tile) this.page.line.slot('left').focus({ preventScroll: true });
  }

  refuse(tile) {
    const steps = ['0 0', '-5px 0', '5px 0', '0 0'].map((translate) => ({ translate }));
    animate(this.page.hand.nodes.get(tile), steps, { duration: 200 });
    announce(t('error_not_legal'));
  }

  /** An end that only one tile fits takes it; else the rack shows which do. */
  chooseEnd(side) {
    if (!this.isOpen) return;
    if (this.tile) return void this.place(this.tile, side);
    const moves = this.state.legal.filter((move) => this.endsOf(move).includes(side));
    if (moves.length === 1) return void this.place(moves[0].tile, side);
    this.end = this.end === side ? null : side;
    this.page.draw();
    this.page.hand.focus(moves[0].tile);
  }

  grab(event, tile, node) {
    const move = this.state.legal.find((each) => each.tile === tile);
    if (!move || !this.isOpen) return;
    grab(event, node, {
      begin: () => {
        Object.assign(this, { tile, end: null, dragging: true });
        this.page.draw();
      },
      nearest: (x, y) => this.page.line.slotsNear(x, y),
      drop: (side, from) => {
        this.dragging = false;
        void this.place(tile, this.state.hand?.ends ? side : move.ends[0], from);
      },
      cancel: () => {
        this.dragging = false;
        this.forget();
        this.page.draw();
      },
    });
  }

  async place(tile, end, from = null) {
    const { turn } = this.state.hand ?? {};
    if (!turn || !this.isOpen) return;
    this.forget();
    this.sent = tile;
    this.from = from;
    this.page.draw();
    try {
      await this.page.client.place(this.page.room, turn, tile, end);
    } catch (error) {
      if (error.code !== 'closed') toastError(error);
    }
    if (this.sent === tile) this.sent = null;
    this.page.draw();
  }
}
