/** Portraits, drawn from parts. */
const SKIN = { light: '#efc39a', tan: '#d79f70', brown: '#b97a4c' };

/** Six people. A head is drawn once; what differs is what they wear. */
const PEOPLE = {
  sari: { back: '#2c6d86', skin: SKIN.light, shirt: '#0f5d58', wear: 'hijab', colour: '#3fb8a5' },
  budi: { back: '#8a4a2c', skin: SKIN.brown, shirt: '#f0e8d8', wear: 'peci', colour: '#1c1a22' },
  wayan: { back: '#4d4a8c', skin: SKIN.tan, shirt: '#f4efe3', wear: 'udeng', colour: '#d9483b' },
  maya: { back: '#a04468', skin: SKIN.light, shirt: '#f2b84b', wear: 'long', colour: '#2a1a17' },
  rizky: { back: '#2f7a53', skin: SKIN.tan, shirt: '#23365e', wear: 'short', colour: '#1d1615' },
  dewi: { back: '#b0762c', skin: SKIN.tan, shirt: '#7b2f55', wear: 'bun', colour: '#241615' },
};

const HEADWEAR = {
  hijab: (c) => `<path d="M40 13c-16 0-23 11-23 25 0 10-2 17-5 23h56c-3-6-5-13-5-23 0-14-7-25-23-25Z" fill="${c}"/>`,
  long: (c) => `<path d="M40 13c-15 0-22 10-22 24 0 12-1 20-3 26h50c-2-6-3-14-3-26 0-14-7-24-22-24Z" fill="${c}"/>`,
  bun: (c) => `<circle cx="40" cy="12" r="8.5" fill="${c}"/><path d="M40 15c-13 0-19 9-19 20v8h38v-8c0-11-6-20-19-20Z" fill="${c}"/>`,
};

const HAIR = {
  hijab: (c) => `<path d="M40 15c-12 0-18 8-18 20 0 2 .2 4 .6 6C24 31 30 25.5 40 25.500S56 31 57.4 41c.4-2 .6-4 .6-6 0-12-6-20-18-20Z" fill="${c}"/><path d="M23 44c2 12 8 18 17 18s15-6 17-18c3 9 5 14 9 18-6 7-14 11-26 11s-20-4-26-11c4-4 6-9 9-18Z" fill="${c}"/><path d="M22 66c10 5 26 5 36-1" fill="none" stroke="rgb(0 0 0 / .18)" stroke-width="2"/>`,
  peci: (c) => `<path d="M23 31 25 15c8-4 22-4 30 0l2 16c-10-4-24-4-34 0Z" fill="${c}"/><path d="M25 15c8-4 22-4 30 0-8 3-22 3-30 0Z" fill="rgb(255 255 255 / .14)"/><path d="M33 50c4-2.6 10-2.6 14 0" fill="none" stroke="#2a1a14" stroke-width="3" stroke-linecap="round"/>`,
  udeng: (c) => `<path d="M22 32c0-10 6-17 18-17s18 7 18 17c-11-5-25-5-36 0Z" fill="${c}"/><path d="M38 24c-1-8 3-13 9-15-1 5 1 8 0 14l-9 1Z" fill="${c}"/><path d="M22.5 30c11-5 24-5 35 0" fill="none" stroke="#f7d774" stroke-width="2.6"/>`,
  long: (c) => `<path d="M22 40c0-14 6-23 18-23s18 9 18 23c-5-5-7-9-8-13-6 5-16 7-22 6-2 2-4 4-6 7Z" fill="${c}"/>`,
  short: (c) => `<path d="M21.5 38C20 22 28 14 40 14s20 8 18.5 24c-2-3-3-6-3.5-9-10 2-19 1-26-3-3 3-5 7-7.5 12Z" fill="${c}"/>`,
  bun: (c) => `<path d="M22 38c0-12 6-20 18-20s18 8 18 20c-3-7-9-11-18-11s-15 4-18 11Z" fill="${c}"/><circle cx="23" cy="47" r="2" fill="#f0c261"/><circle cx="57" cy="47" r="2" fill="#f0c261"/>`,
};

/** The names of the ready-made portraits, for those who choose one. */
export const PORTRAITS = Object.keys(PEOPLE);

const BACKS = ['#2c6d86', '#8a4a2c', '#4d4a8c', '#a04468', '#2f7a53', '#b0762c', '#3c5a9a', '#7a3f7c'];
const SHIRTS = ['#0f5d58', '#f0e8d8', '#f2b84b', '#23365e', '#7b2f55', '#c9382b', '#3d7a3f', '#5b4a9c'];
const CLOTHS = ['#3fb8a5', '#d9483b', '#e8a33a', '#7fb2e8', '#c77fd0', '#f0e8d8'];
const DARKS = ['#1c1a22', '#2a1a17', '#1d1615', '#3b2417'];

/** A face for everybody: the chosen portrait, else one that follows from the player's id. */
function personOf(name, id) {
  if (Object.hasOwn(PEOPLE, name ?? '')) return PEOPLE[name];
  let hash = 2166136261;
  for (const letter of String(id ?? '')) hash = Math.imul(hash ^ letter.charCodeAt(0), 16777619);
  const pick = (list, shift) => list[((hash >>> shift) % 251) % list.length];
  const wear = pick(Object.keys(HAIR), 0);
  const cloth = wear === 'hijab' || wear === 'udeng';
  return {
    back: pick(BACKS, 4), skin: pick(Object.values(SKIN), 9), shirt: pick(SHIRTS, 13), wear,
    colour: pick(cloth ? CLOTHS : DARKS, 18),
  };
}

/** A player's portrait. @param {{id: string, avatar?: string | null}} player */
export function avatar(player) {
  const { back, skin, shirt, wear, colour } = personOf(player.avatar, player.id);
  return `<svg class="avatar-art" viewBox="0 0 80 80" aria-hidden="true" focusable="false">
    <rect width="80" height="80" fill="${back}"/>
    <circle cx="40" cy="16" r="36" fill="rgb(255 255 255 / .12)"/>
    ${HEADWEAR[wear]?.(colour) ?? ''}
    <path d="M10 84c1-15 10-22 30-22s29 7 30 22Z" fill="${shirt}"/>
    <path d="M32 54h16v9c-4 5-12 5-16 0Z" fill="${skin}"/>
    <path d="M32 58c4 4 12 4 16 0v3c-4 4-12 4-16 0Z" fill="rgb(0 0 0 / .16)"/>
    <path d="M24 36c0-12 6-18 16-18s16 6 16 18c0 13-6 23-16 23S24 49 24 36Z" fill="${skin}"/>
    <path d="M29.5 35.500c1.5-1.5 4-1.7 6-.6M44.5 34.900c2-1.1 4.5-.9 6 .6" fill="none" stroke="#3a241b" stroke-width="1.9" stroke-linecap="round"/>
    <ellipse cx="33" cy="40" rx="2" ry="2.5" fill="#241612"/><ellipse cx="47" cy="40" rx="2" ry="2.5" fill="#241612"/>
    <path d="M34 50.500c3.5 3.4 8.5 3.4 12 0" fill="none" stroke="#7d3528" stroke-width="2.2" stroke-linecap="round"/>
    <path d="M39 42.500c-.6 2-.6 3 1 3.4" fill="none" stroke="rgb(90 40 20 / .5)" stroke-width="1.5" stroke-linecap="round"/>
    ${HAIR[wear](colour)}</svg>`;
}
