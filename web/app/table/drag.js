/** Drags a tile from the rack to an open end: a copy follows the finger, the near end lights up. */
import { animate } from '../dom.js';

const START_PX = 7;
const REACH_PX = 110;

/**
 * @typedef {{side: string, node: HTMLElement, distance: number}} Slot
 * @typedef {{nearest: (x: number, y: number) => Slot[], begin: () => void,
 *   drop: (side: string, from: DOMRect) => void, cancel: () => void}} Target
 */

/**
 * Begins where a tile is pressed; a press that does not move stays a press.
 * @param {PointerEvent} event @param {HTMLElement} node the tile on the rack @param {Target} target
 */
export function grab(event, node, target) {
  if (event.button === 0) new Drag(event, node, target);
}

class Drag {
  constructor({ clientX: x, clientY: y }, node, target) {
    Object.assign(this, { x, y, node, target, ghost: null, under: null });
    this.home = node.getBoundingClientRect();
    this.listeners = { pointermove: this.move, pointerup: this.drop, pointercancel: this.abort };
    for (const [type, handler] of Object.entries(this.listeners)) addEventListener(type, handler);
  }

  move = ({ clientX, clientY }) => {
    const dx = clientX - this.x;
    const dy = clientY - this.y;
    if (!this.ghost) {
      if (Math.hypot(dx, dy) < START_PX) return;
      this.ghost = lift(this.node, this.home);
      this.target.begin();
    }
    this.ghost.style.translate = `${dx}px ${dy}px`;
    const [near] = this.target.nearest(clientX, clientY);
    this.mark(near && near.distance < REACH_PX ? near : null);
  };

  mark(slot) {
    this.under?.node.removeAttribute('data-under');
    this.under = slot;
    this.under?.node.setAttribute('data-under', '');
  }

  drop = () => {
    const { ghost, under } = this;
    this.stop();
    if (!ghost) return;
    swallowClick();
    if (!under) return void this.giveBack(ghost);
    const from = ghost.getBoundingClientRect();
    ghost.remove();
    this.target.drop(under.side, from);
  };

  abort = () => {
    const { ghost } = this;
    this.stop();
    ghost?.remove();
    if (ghost) this.target.cancel();
  };

  stop() {
    for (const [type, handler] of Object.entries(this.listeners)) removeEventListener(type, handler);
    this.mark(null);
    this.node.removeAttribute('data-lifted');
  }

  giveBack(ghost) {
    const flight = animate(ghost, [{}, { translate: '0 0' }], { duration: 180, easing: 'ease-out' });
    const end = () => {
      ghost.remove();
      this.target.cancel();
    };
    if (flight) flight.onfinish = end;
    else end();
  }
}

/** The copy that follows the finger. */
function lift(node, home) {
  const ghost = /** @type {HTMLElement} */ (node.firstElementChild.cloneNode(true));
  ghost.classList.add('ghost');
  Object.assign(ghost.style, {
    left: `${home.left}px`, top: `${home.top}px`, width: `${home.width}px`,
  });
  node.closest('.scene').append(ghost);
  node.setAttribute('data-lifted', '');
  return ghost;
}

/** The click that follows a drag is no press. */
function swallowClick() {
  const swallow = (click) => {
    click.stopPropagation();
    click.preventDefault();
  };
  addEventListener('click', swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener('click', swallow, { capture: true }), 0);
}
