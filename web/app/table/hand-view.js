/** The player's own tiles on the rack: one element a tile for as long as it is held. */
import { animate, el, setAttribute } from '../dom.js';
import { t } from '../i18n.js';
import { tileFace } from '../tiles.js';
import { numbersOf } from './state.js';

const DEAL_STEP_MS = 75;

export class HandView {
  /**
   * @param {HTMLElement} root
   * @param {{onChoose?: (tile: string) => void, onHint?: (tile: string | null) => void,
   *   onGrab?: (event: PointerEvent, tile: string, node: HTMLElement) => void}} [actions]
   */
  constructor(root, { onChoose = () => {}, onGrab = () => {}, onHint = () => {} } = {}) {
    Object.assign(this, { root, onChoose, onGrab, onHint });
    /** @type {Map<string, HTMLButtonElement>} */
    this.nodes = new Map();
  }

  /**
   * @param {{tiles: string[], fits: Set<string>, active: boolean, chosen: string | null,
   *          sent: string | null}} view `active`: it is this player's turn; `sent`: on its way
   */
  render({ tiles, fits, active, chosen, sent }) {
    const before = new Map(
      [...this.nodes].map(([id, node]) => [id, node.getBoundingClientRect().left]),
    );
    this.drop(tiles);
    this.root.style.setProperty('--count', String(Math.max(tiles.length, 1)));
    for (const tile of tiles) this.show(tile, { fits, active, chosen, sent });
    this.roving(tiles, fits);
    for (const [id, left] of before) this.glide(id, left);
  }

  drop(tiles) {
    for (const [id, node] of this.nodes) {
      if (tiles.includes(id)) continue;
      node.remove();
      this.nodes.delete(id);
    }
  }

  show(tile, { fits, active, chosen, sent }) {
    const [a, b] = numbersOf(tile);
    const node = this.nodes.get(tile) ?? this.make(tile, a, b);
    const legal = active && fits.has(tile);
    const words = tile === chosen ? 'tileChosen' : legal ? 'tileFits' : 'tileName';
    node.setAttribute('aria-label', t(words, { a, b }));
    setAttribute(node, 'aria-disabled', legal ? null : 'true');
    node.toggleAttribute('data-dim', active && !legal);
    node.toggleAttribute('data-fits', legal);
    node.toggleAttribute('data-chosen', tile === chosen);
    node.toggleAttribute('data-sent', tile === sent);
    setAttribute(node, 'aria-pressed', legal ? String(tile === chosen) : null);
  }

  make(tile, a, b) {
    const node = el('button', {
      class: 'hand__tile', type: 'button', data: { tile },
      on: {
        click: () => this.onChoose(tile),
        pointerdown: (event) => this.onGrab(event, tile, node),
        pointerenter: () => this.onHint(tile),
        pointerleave: () => this.onHint(null),
        focus: () => this.onHint(tile),
        blur: () => this.onHint(null),
      },
    }, el('span', { class: 'tile', art: tileFace(a, b) }));
    this.nodes.set(tile, node);
    this.root.append(node);
    return node;
  }

  /** One tab stop: the tile in focus, else the first that fits. */
  roving(tiles, fits) {
    const focused = tiles.find((tile) => this.nodes.get(tile) === document.activeElement);
    const stop = focused ?? tiles.find((tile) => fits.has(tile)) ?? tiles[0];
    for (const [tile, node] of this.nodes) node.tabIndex = tile === stop ? 0 : -1;
  }

  glide(id, before) {
    const node = this.nodes.get(id);
    if (!node) return;
    const moved = before - node.getBoundingClientRect().left;
    if (Math.abs(moved) < 1) return;
    animate(node, [{ translate: `${moved}px 0` }, { translate: '0 0' }],
      { duration: 260, easing: 'cubic-bezier(.2,.8,.25,1)' });
  }

  /** The tiles come from the middle of the table, one after another. */
  deal(from) {
    [...this.nodes.values()].forEach((node, i) => {
      const { left, top, width, height } = node.getBoundingClientRect();
      const dx = from.x - left - width / 2;
      const dy = from.y - top - height / 2;
      animate(node, [
        {
          translate: `${dx}px ${dy}px`, rotate: `${(i % 2 ? 1 : -1) * 40}deg`, scale: 0.5,
          opacity: 0,
        },
        { opacity: 1, offset: 0.25 },
        { translate: '0 0', rotate: '0deg', scale: 1 },
      ], { duration: 420, delay: i * DEAL_STEP_MS, easing: 'cubic-bezier(.2,.8,.25,1)' });
    });
  }

  rectOf(tile) { return this.nodes.get(tile)?.getBoundingClientRect() ?? null; }

  /** Moves the focus to a tile, or to a neighbour of the one that has it. */
  focus(tile) { this.nodes.get(tile)?.focus(); }

  focusStep(step) {
    const all = [...this.nodes.values()];
    const at = all.indexOf(/** @type {any} */ (document.activeElement));
    const next = all[(at + step + all.length) % all.length] ?? all[0];
    for (const node of all) node.tabIndex = node === next ? 0 : -1;
    next?.focus();
  }

  get hasFocus() { return this.root.contains(document.activeElement); }
}
