// The laws of the line, over thousands of random legal lines. HIGGS_TEST_SEED repeats a run.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { layoutLine } from '../../web/app/line-layout.js';
import { randomLine, seededRandom } from './random-line.mjs';

// The first three are what the style sheets leave for the line at the sizes the page is made for.
const AREAS = [
  { name: 'phone upright', width: 330, height: 346, readable: 18 },
  { name: 'phone tilted', width: 588, height: 222, readable: 18 },
  { name: 'desktop', width: 1052, height: 458, readable: 34 },
  { name: 'small phone', width: 296, height: 300, readable: 15 },
  { name: 'tall strip', width: 240, height: 900, readable: 16 },
];
const LINES_EACH = 1500;
const EPSILON = 1e-6;
const SEED = Number(process.env.HIGGS_TEST_SEED ?? 20260101);

describe(`A line of tiles, seed ${SEED}`, () => {
  for (const area of AREAS) {
    it(`keeps every law on a ${area.name}`, () => {
      const random = seededRandom(SEED);
      let smallest = Infinity;
      for (let count = 0; count < LINES_EACH; count += 1) {
        const line = randomLine(random, 1 + Math.floor(random() * 28));
        const layout = layoutLine({ ...line, ...area });
        for (const law of [fits, noOverlap, neighboursMatch, strangersKeepApart, endsAreOpen, staysPut]) {
          assert.equal(law(line, layout, area) || null, null, `${law.name}: ${draw(line)}`);
        }
        smallest = Math.min(smallest, layout.unit);
      }
      assert.ok(smallest >= area.readable, `a unit of ${smallest} pixels cannot be read`);
    });
  }

  it('uses the width of an upright phone', () => {
    const [{ width, height }] = AREAS;
    const random = seededRandom(SEED);
    let [used, lines] = [0, 0];
    while (lines < 300) {
      const line = randomLine(random, 15 + Math.floor(random() * 14));
      const { placed } = layoutLine({ ...line, width, height });
      used += Math.max(...placed.map((p) => p.x + p.width)) - Math.min(...placed.map((p) => p.x));
      lines += 1;
    }
    assert.ok(used / lines >= 0.92 * width, `${Math.round(used / lines)} of ${width} pixels`);
  });

  it('is empty where no tile lies', () => {
    assert.deepEqual(layoutLine({ tiles: [], opening: 0, width: 300, height: 300 }).placed, []);
  });
});

/** Everything, the places of the next tiles included, lies inside the rectangle. */
function fits(_, { placed, ends, fits }, { width, height }) {
  if (!fits) return 'no unit fits';
  const all = [...placed, ...Object.values(ends).flatMap((e) => [e.single, e.double])]
    .filter(Boolean);
  const out = all.find((p) => p.x < -EPSILON || p.y < -EPSILON
    || p.x + p.width > width + EPSILON || p.y + p.height > height + EPSILON);
  return out && `tile outside at ${out.x}, ${out.y}`;
}

/** No two tiles overlap, nor does a next tile's place overlap a tile or the other end's place. */
function noOverlap(_, { placed, ends }) {
  const slots = [ends.left, ends.right];
  for (const kind of ['single', 'double']) {
    const all = [...placed, ...slots.map((s) => s[kind]).filter(Boolean)];
    for (let i = 0; i < all.length; i += 1) {
      for (let j = i + 1; j < all.length; j += 1) {
        if (apart(all[i], all[j]) < -EPSILON) return `tiles ${i} and ${j} overlap`;
      }
    }
  }
  return null;
}

/** Tiles next to each other in the line touch with halves that show the same number. */
function neighboursMatch(_, { placed, unit }) {
  for (let i = 1; i < placed.length; i += 1) {
    const touching = halves(placed[i - 1]).some((a) => halves(placed[i])
      .some((b) => a.number === b.number && sharedEdge(a, b) >= unit / 2 - EPSILON));
    if (!touching) return `tiles ${i - 1} and ${i} do not meet`;
  }
  return null;
}

/** Tiles that are not neighbours in the line stay at least half a unit apart. */
function strangersKeepApart(_, { placed, unit }) {
  for (let i = 0; i < placed.length; i += 1) {
    for (let j = i + 2; j < placed.length; j += 1) {
      if (apart(placed[i], placed[j]) < unit / 2 - EPSILON) return `tiles ${i} and ${j} are too near`;
    }
  }
  return null;
}

/** The ends name the open numbers, and a next tile's place touches the half that shows it. */
function endsAreOpen({ tiles }, { placed, ends, unit }) {
  if (ends.left.number !== tiles[0][0] || ends.right.number !== tiles.at(-1)[1]) return 'wrong number';
  for (const end of [ends.left, ends.right]) {
    const [first, second] = halves(placed[end.tile]);
    const open = { first: [first], second: [second], both: [first, second] }[end.half];
    if (!open.every((half) => half.number === end.number)) return 'the lit half shows another number';
    for (const slot of [end.single, end.double].filter(Boolean)) {
      const touches = open.some((half) => sharedEdge(half, slot) >= unit / 2 - EPSILON);
      if (!touches) return 'the next place does not touch the open half';
    }
  }
  return null;
}

/** One tile more does not move the others among themselves, as long as the unit stays. */
function staysPut({ tiles, opening }, layout, { width, height }) {
  if (opening === tiles.length - 1) return null;
  const before = layoutLine({ tiles: tiles.slice(0, -1), opening, width, height, maxUnit: layout.unit });
  if (before.unit !== layout.unit) return null;
  const glide = layout.placed[0].y - before.placed[0].y;
  const moved = before.placed.findIndex((p, i) => Math.abs(p.x - layout.placed[i].x) > EPSILON
    || Math.abs(p.y + glide - layout.placed[i].y) > EPSILON);
  return moved >= 0 ? `tile ${moved} moved` : null;
}

/** Distance between two rectangles; below zero if they overlap. */
function apart(a, b) {
  const dx = Math.max(a.x - b.x - b.width, b.x - a.x - a.width);
  const dy = Math.max(a.y - b.y - b.height, b.y - a.y - a.height);
  return Math.max(dx, dy);
}

/** Length of the edge that two touching rectangles share; 0 if they do not touch. */
function sharedEdge(a, b) {
  const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (Math.abs(across) < EPSILON) return Math.max(0, down);
  if (Math.abs(down) < EPSILON) return Math.max(0, across);
  return 0;
}

function halves({ x, y, width, height, axis, first, second }) {
  return axis === 'h'
    ? [{ x, y, width: width / 2, height, number: first },
      { x: x + width / 2, y, width: width / 2, height, number: second }]
    : [{ x, y, width, height: height / 2, number: first },
      { x, y: y + height / 2, width, height: height / 2, number: second }];
}

function draw({ tiles, opening }) {
  return tiles.map(([a, b], i) => (i === opening ? `[${a}-${b}]` : `${a}-${b}`)).join(' ');
}
