/**
 * Draws domino tiles as SVG.
 *
 * A tile is drawn for the way it lies instead of being turned by CSS, so that the light always
 * comes from above: the upper rim is bright, the lower side shows the thickness, and each pip is
 * a hollow whose lower lip catches the light.
 *
 * The drawing's unit is a hundredth of the tile's short side: 100 by 200, or 200 by 100.
 */
const INSET = 2.5;    // air around a tile, so that neighbours do not melt together
const THICKNESS = 8;  // of the lower side that is seen
const RADIUS = 13;
const PIP_RADIUS = 9.8;

/** Where the pips lie, from -1 to 1 across the short side and along the long one. */
const PIPS = [
  [],
  [[0, 0]],
  [[1, -1], [-1, 1]],
  [[1, -1], [0, 0], [-1, 1]],
  [[-1, -1], [1, -1], [-1, 1], [1, 1]],
  [[-1, -1], [1, -1], [0, 0], [-1, 1], [1, 1]],
  [[-1, -1], [1, -1], [-1, 0], [1, 0], [-1, 1], [1, 1]],
];

const round = (n) => Math.round(n * 10) / 10;

/**
 * A tile's face as SVG text.
 * @param {number} first  pips of the left or upper half
 * @param {number} second pips of the right or lower half
 * @param {'h' | 'v'} axis how it lies
 */
export function tileFace(first, second, axis = 'v') {
  const { width, height, face } = box(axis);
  const middle = { x: face.x + face.width / 2, y: face.y + face.height / 2 };
  const halves = [first, second].map((count, i) => {
    const side = i === 0 ? -1 : 1;
    const x = axis === 'v' ? middle.x : middle.x + (side * face.width) / 4;
    const y = axis === 'v' ? middle.y + (side * face.height) / 4 : middle.y;
    return pips(count, x, y, axis);
  });
  return svg(width, height, `${body(face, 'bone')}${grain(face, axis, first * 7 + second)}
    ${divider(face, middle, axis)}${halves.join('')}`);
}

/** The back of a tile as SVG text: lacquer with a brass kawung flower. */
export function tileBack(axis = 'v') {
  const { width, height, face } = box(axis);
  const x = face.x + face.width / 2;
  const y = face.y + face.height / 2;
  const rim = 9;
  return svg(width, height, `${body(face, 'lacquer')}
    <rect x="${face.x + rim}" y="${face.y + rim}" width="${face.width - 2 * rim}"
      height="${face.height - 2 * rim}" rx="6" class="tile-back-rim"/>
    <g class="tile-back-flower" transform="translate(${x} ${y})">${kawung(27)}</g>`);
}

/** Four petals around a point: the old batik motif that marks everything of this game. */
export function kawung(size) {
  const near = round(size * 0.35);
  const far = round(size * 0.75);
  const petal = `M0 0C0 ${-far} ${near} ${-size} ${size} ${-size}` +
    `C${size} ${-near} ${far} 0 0 0Z`;
  return [0, 90, 180, 270]
    .map((turn) => `<path d="${petal}" transform="rotate(${turn})"/>`).join('');
}

/**
 * Puts the gradients that all tiles share into the page, once.
 * Must be in the document, and not `display: none`, before a tile is shown.
 */
export function installTileDefinitions(root = document) {
  if (root.getElementById('tile-definitions')) return;
  root.body.insertAdjacentHTML('afterbegin', `
    <svg id="tile-definitions" width="0" height="0" aria-hidden="true" focusable="false"
 class="definitions">
      <defs>
        <linearGradient id="bone" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stop-color="var(--tulang-50)"/>
          <stop offset=".45" stop-color="var(--tulang-100)"/>
          <stop offset="1" stop-color="var(--tulang-200)"/>
        </linearGradient>
        <linearGradient id="bone-side" x1="0" y1="0" x2="0" y2="1">
          <stop offset=".8" stop-color="var(--tulang-300)"/>
          <stop offset="1" stop-color="var(--tulang-400)"/>
        </linearGradient>
        <linearGradient id="lacquer" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stop-color="#a8392c"/>
          <stop offset="1" stop-color="#7a2019"/>
        </linearGradient>
        <linearGradient id="lacquer-side" x1="0" y1="0" x2="0" y2="1">
          <stop offset=".8" stop-color="var(--tulang-300)"/>
          <stop offset="1" stop-color="var(--tulang-400)"/>
        </linearGradient>
        <radialGradient id="pip" cx=".5" cy=".72" r=".72">
          <stop offset="0" stop-color="#4a3b33"/>
          <stop offset=".5" stop-color="var(--tulang-ink)"/>
          <stop offset="1" stop-color="#060403"/>
        </radialGradient>
        <radialGradient id="pin" cx=".38" cy=".3" r=".8">
          <stop offset="0" stop-color="var(--kuningan-100)"/>
          <stop offset=".45" stop-color="var(--kuningan-300)"/>
          <stop offset="1" stop-color="var(--kuningan-500)"/>
        </radialGradient>
      </defs>
    </svg>`);
}

function box(axis) {
  const [width, height] = axis === 'v' ? [100, 200] : [200, 100];
  const face = {
    x: INSET, y: INSET, width: width - 2 * INSET, height: height - 2 * INSET - THICKNESS,
  };
  return { width, height, face };
}

function svg(width, height, content) {
  return `<svg class="tile-art" viewBox="0 0 ${width} ${height}" aria-hidden="true"
    focusable="false">${content}</svg>`;
}

function body(face, material) {
  const { x, y, width, height } = face;
  return `
    <rect x="${x}" y="${y + 4}" width="${width}" height="${height + THICKNESS - 4}" rx="${RADIUS}"
      fill="url(#${material}-side)"/>
    <rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${RADIUS}"
      fill="url(#${material})"/>
    <rect x="${x + 1.5}" y="${y + 1.5}" width="${width - 3}" height="${height - 3}"
      rx="${RADIUS - 1.5}" class="tile-rim"/>`;
}

/** A few faint lines, different on each tile, as bone has them. */
function grain(face, axis, id) {
  const lines = [0, 1, 2].map((i) => {
    const at = 0.18 + 0.27 * i + ((id * 37 + i * 53) % 17) / 100;
    const bow = ((id * 29 + i * 41) % 15) - 7;
    if (axis === 'v') {
      const x = round(face.x + face.width * at);
      return `M${x} ${face.y + 8}q${bow} ${face.height / 2 - 8} 0 ${face.height - 16}`;
    }
    const y = round(face.y + face.height * at);
    return `M${face.x + 8} ${y}q${face.width / 2 - 8} ${bow} ${face.width - 16} 0`;
  });
  return `<path d="${lines.join('')}" class="tile-grain"/>`;
}

function divider(face, middle, axis) {
  const reach = axis === 'v' ? face.width / 2 - 12 : face.height / 2 - 10;
  const line = (offset) => (axis === 'v'
    ? `M${middle.x - reach} ${middle.y + offset}h${2 * reach}`
    : `M${middle.x + offset} ${middle.y - reach}v${2 * reach}`);
  return `
    <path d="${line(0)}" class="tile-groove"/>
    <path d="${line(2)}" class="tile-groove-lip"/>
    <circle cx="${middle.x}" cy="${middle.y + 1.6}" r="6" class="tile-pin-shadow"/>
    <circle cx="${middle.x}" cy="${middle.y}" r="5.6" fill="url(#pin)"/>`;
}

function pips(count, x, y, axis) {
  const along = 25.5;
  const across = 25.5;
  return PIPS[count].map(([s, l]) => {
    const cx = round(axis === 'v' ? x + s * across : x + l * along);
    const cy = round(axis === 'v' ? y + l * along : y + s * across);
    const r = count === 1 ? PIP_RADIUS + 2.4 : PIP_RADIUS;
    return `<circle cx="${cx}" cy="${round(cy + 2.6)}" r="${r + 0.6}" class="tile-pip-lip"/>` +
      `<circle cx="${cx}" cy="${cy}" r="${r}" fill="url(#pip)" class="tile-pip"/>`;
  }).join('');
}
