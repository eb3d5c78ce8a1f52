/** Drags a tile from the rack to an open end: a copy follows the finger, the near end lights up. */
import { animate } from '../dom.js';

const START_PX = 7;
const REACH_PX = 110;

/**
 * @param {PointerEvent} event the press @param {HTMLElement} node the tile on the rack
 * @param {{nearest: (x: number, y: number) => {side: string, node: HTMLElement,
 *            distance: number}[],
 *          begin: () => void, drop: (side: string, from: DOMRect) => void,
 *          cancel: () => void}} table
 */
export function grab(event, node, table) {
  if (event.button !== 0) return;
  const start = { x: event.clientX, y: event.clientY };
  const home = node.getBoundingClientRect();
  let ghost = null;
  let target = null;

  const move = (now) => {
    const dx = now.clientX - start.x;
    const dy = now.clientY - start.y;
    if (!ghost) {
      if (Math.hypot(dx, dy) < START_PX) return;
      ghost = lift(node, home);
      table.begin();
    }
    ghost.style.translate = `${dx}px ${dy}px`;
    const [near] = table.nearest(now.clientX, now.clientY);
    mark(near && near.distance < REACH_PX ? near : null);
  };

  const mark = (near) => {
    target?.node.removeAttribute('data-under');
    target = near;
    target?.node.setAttribute('data-under', '');
  };

  const stop = () => {
    removeEventListener('pointermove', move);
    removeEventListener('pointerup', up);
    removeEventListener('pointercancel', abort);
  };

  const up = () => {
    stop();
    if (!ghost) return;
    swallowClick();
    const hit = target;
    mark(null);
    const from = ghost.getBoundingClientRect();
    node.removeAttribute('data-lifted');
    if (hit) {
      ghost.remove();
      table.drop(hit.side, from);
    } else giveBack(ghost, node, table);
  };

  const abort = () => {
    stop();
    mark(null);
    node.removeAttribute('data-lifted');
    ghost?.remove();
    table.cancel();
  };

  addEventListener('pointermove', move);
  addEventListener('pointerup', up);
  addEventListener('pointercancel', abort);
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

function giveBack(ghost, node, table) {
  const flight = animate(ghost, [{}, { translate: '0 0' }], { duration: 180, easing: 'ease-out' });
  const end = () => {
    ghost.remove();
    table.cancel();
  };
  if (flight) flight.onfinish = end;
  else end();
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
