/**
 * The line of tiles on the felt. A tile keeps its element for the whole hand, so that it glides
 * when the line makes room; the light on the open ends and the places of the next tile are kept,
 * too.
 */
import { animate, art, el, setAttribute } from '../dom.js';
import { t } from '../i18n.js';
import { icon } from '../icons.js';
import { layoutLine } from '../line-layout.js';
import { tileFace } from '../tiles.js';

const LARGEST_UNIT = 62;
const SIDES = ['left', 'right'];

export class LineView {
  /** @param {HTMLElement} root @param {(side: 'left' | 'right') => void} [onSlot] */
  constructor(root, onSlot = () => {}) {
    this.root = root;
    this.nodes = new Map();
    this.unit = undefined;
    this.parts = Object.fromEntries(SIDES.map((side) => {
      const glow = el('div', { class: 'line__glow', hidden: true });
      const open = el('div', { class: 'line__open', hidden: true });
      const slot = el('button', {
        class: 'slot', hidden: true, type: 'button', data: { side },
        on: { click: () => onSlot(side) },
      }, art(icon('plus')));
      root.append(glow, open, slot);
      return [side, { glow, open, slot }];
    }));
  }

  /** A new hand begins: tiles may be large again. */
  clear() {
    for (const node of this.nodes.values()) node.remove();
    this.nodes.clear();
    this.unit = undefined;
  }

  /**
   * @param {{tiles: number[][], ids: string[], opening: number}} line
   * @param {{fits?: {left: boolean, right: boolean, double: {left: boolean, right: boolean}},
   *          target?: boolean, from?: DOMRect | null, opens?: boolean, over?: boolean}} [view]
   *          which ends take a tile, whether one has to be chosen now, where the newest tile
   *          comes from, whether the first place is shown, whether the hand is over
   */
  render(line, { fits, target = false, from = null, opens = false, over = false } = {}) {
    const { width, height } = this.root.getBoundingClientRect();
    if (width === 0) return;
    const largest = Math.min(LARGEST_UNIT, Math.max(width, height) / 9.5);
    const layout = layoutLine({ ...line, width, height, maxUnit: this.unit ?? largest });
    if (line.tiles.length > 0) this.unit = layout.unit;
    this.label(line, layout);
    this.dropOthers(line.ids);
    layout.placed.forEach((place, i) => this.showTile(line.ids[i], place, from));
    const shown = over ? { ...layout, ends: null } : layout;
    for (const side of SIDES) this.showEnd(side, shown, fits, target);
    if (opens && !layout.ends) this.showOpening(width, height, largest);
  }

  label({ ids }, { ends }) {
    this.root.setAttribute('aria-label', ends
      ? t('lineLabel', { tiles: ids.join(', '), left: ends.left.number, right: ends.right.number })
      : t('lineEmpty'));
  }

  dropOthers(ids) {
    for (const [id, node] of this.nodes) {
      if (ids.includes(id)) continue;
      node.remove();
      this.nodes.delete(id);
    }
  }

  showTile(id, place, from) {
    let node = this.nodes.get(id);
    const drawing = `${place.axis}${place.first}${place.second}`;
    const isNew = !node;
    if (!node) {
      node = el('div', { class: 'line__tile', data: { tile: id } });
      this.nodes.set(id, node);
    }
    if (node.dataset.drawing !== drawing) {
      node.dataset.drawing = drawing;
      node.replaceChildren(el('span', {
        class: `tile tile--${place.axis}`, art: tileFace(place.first, place.second, place.axis),
      }));
    }
    put(node, place);
    node.style.zIndex = String(Math.round(place.y / Math.max(1, this.unit)) + 1);
    if (!isNew) return;
    this.root.append(node);
    if (from) this.fly(node, place, from);
  }

  fly(node, place, from) {
    const home = this.root.getBoundingClientRect();
    const start = {
      x: from.left + from.width / 2 - home.left - place.width / 2,
      y: from.top + from.height / 2 - home.top - place.height / 2,
    };
    node.style.zIndex = '60';
    const half = {
      x: (start.x + place.x) / 2,
      y: (start.y + place.y) / 2 + (Math.min(start.y, place.y) - 24 - place.y) * 0.08,
    };
    const flight = animate(node, [
      { translate: `${start.x}px ${start.y}px`, scale: 1.25, easing: 'cubic-bezier(.4,0,.6,1)' },
      {
        translate: `${half.x}px ${half.y}px`,
        scale: 1.3, offset: 0.55,
      },
      { translate: `${place.x}px ${place.y}px`, scale: 1, offset: 0.88 },
      { translate: `${place.x}px ${place.y}px`, scale: 1.05, offset: 0.94 },
      { translate: `${place.x}px ${place.y}px`, scale: 1 },
    ], { duration: 460, easing: 'cubic-bezier(.2,.8,.25,1)' });
    if (flight) flight.onfinish = () => { node.style.zIndex = '2'; };
  }

  showEnd(side, { placed, ends }, fits, target) {
    const { glow, open, slot } = this.parts[side];
    const end = ends?.[side];
    const canPlace = Boolean(end && fits?.[side]);
    const focused = document.activeElement === slot;
    for (const node of [glow, open]) setAttribute(node, 'hidden', !end);
    setAttribute(slot, 'hidden', !canPlace);
    if (focused && !canPlace) slot.blur();
    if (!end) return;
    const half = openHalf(placed[end.tile], end.half, this.unit);
    put(glow, half);
    put(open, half);
    if (!canPlace) return;
    put(slot, end.double && fits?.double[side] ? end.double : end.single);
    slot.setAttribute('aria-label', t(side === 'left' ? 'endLeft' : 'endRight', end));
    slot.toggleAttribute('data-target', target);
  }

  showOpening(width, height, unit) {
    const { slot } = this.parts.left;
    put(slot, { x: width / 2 - unit / 2, y: height / 2 - unit, width: unit, height: unit * 2 });
    slot.setAttribute('aria-label', t('endFirst'));
    slot.toggleAttribute('data-target', false);
    slot.hidden = false;
  }

  /** The places of the next tile that are shown now, nearest first. */
  slotsNear(x, y) {
    return SIDES.map((side) => ({ side, node: this.parts[side].slot }))
      .filter(({ node }) => !node.hidden)
      .map((slot) => {
        const { left, top, width, height } = slot.node.getBoundingClientRect();
        return { ...slot, distance: Math.hypot(left + width / 2 - x, top + height / 2 - y) };
      })
      .sort((a, b) => a.distance - b.distance);
  }

  slot(side) { return this.parts[side].slot; }

  /** Shows where the tile that is looked at would go. */
  hint(sides) {
    for (const side of SIDES) this.parts[side].slot.toggleAttribute(
      'data-hint', sides.includes(side),
    );
  }
}

function put(node, { x, y, width, height }) {
  node.style.translate = `${x}px ${y}px`;
  node.style.width = `${width}px`;
  node.style.height = `${height}px`;
}

/** The half of a tile that shows the open number, without its air and its lower side. */
function openHalf(place, half, unit) {
  const air = unit * 0.03;
  const inner = {
    x: place.x + air, y: place.y + air,
    width: place.width - 2 * air, height: place.height - unit * 0.13,
  };
  if (half === 'both') return inner;
  const across = place.axis === 'h';
  const size = across ? { width: inner.width / 2 } : { height: inner.height / 2 };
  if (half === 'first') return { ...inner, ...size };
  return across ? { ...inner, ...size, x: inner.x + inner.width / 2 }
    : { ...inner, ...size, y: inner.y + inner.height / 2 };
}
