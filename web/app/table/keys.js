/** The keyboard at the table: arrows choose, Enter places, 1–7 choose at once. */

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** @param {KeyboardEvent} event @param {any} page a TablePage */
export function keyPressed(event, page) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector('dialog[open]')) return;
  if (/** @type {HTMLElement} */ (event.target).matches?.('input, textarea, select')) return;
  if (handle(event, page)) event.preventDefault();
}

function handle({ key }, page) {
  const step = STEPS[key];
  if (step) return move(step, page);
  if (/^[1-7]$/.test(key)) return pick(Number(key) - 1, page);
  if (key === 'Escape' && (page.choosing.tile || page.choosing.end)) {
    page.choosing.cancel();
    return true;
  }
  if (key === 'm' || key === 'M') {
    page.toggleSound();
    return true;
  }
  return false;
}

/** With a tile chosen the arrows go between the two ends, else along the rack. */
function move(step, page) {
  if (page.choosing.tile) {
    page.line.slot(step > 0 ? 'right' : 'left').focus({ preventScroll: true });
    return true;
  }
  if (page.hand.nodes.size === 0) return false;
  if (page.hand.hasFocus || document.activeElement === document.body) {
    page.hand.focusStep(step);
    return true;
  }
  return false;
}

function pick(index, page) {
  const tile = [...page.hand.nodes.keys()][index];
  if (!tile || !page.state.isMyTurn) return false;
  page.hand.focus(tile);
  page.choosing.choose(tile);
  return true;
}
