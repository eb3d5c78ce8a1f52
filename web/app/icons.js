/** Line icons of 24 pixels; an icon is decoration, what it stands on carries the name. */
const ICONS = {
  menu: '<path d="M4 7h16M4 12h16M4 17h16"/>',
  back: '<path d="M14.5 5.5 8 12l6.5 6.5"/>',
  emote: '<circle cx="12" cy="12" r="9"/><path d="M8 14.500c1 1.7 2.4 2.5 4 2.500s3-.8 4-2.5"/><path d="M9 9.500v.6M15 9.500v.6" stroke-width="2.6"/>',
  sound: '<path d="M4 10v4h3.500L12 18V6l-4.5 4H4Z"/><path d="M15.5 9a4 4 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11"/>',
  gear: '<circle cx="12" cy="12" r="3"/><path d="M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.600l2.2 2.200M16.2 16.200l2.2 2.200M18.4 5.600l-2.2 2.200M7.8 16.200l-2.2 2.2"/>',
  check: '<path d="m5 12.5 4.5 4.500L19 7.5"/>',
  shield: '<path d="M12 3 5 6v5.500c0 4.3 2.9 7.6 7 9.5 4.1-1.9 7-5.2 7-9.500V6l-7-3Z"/><path d="m9 12 2.2 2.200L15.2 10"/>',
  lock: '<rect x="5.5" y="10.5" width="13" height="9.5" rx="2.5"/><path d="M8.5 10.500V8a3.5 3.5 0 0 1 7 0v2.5"/>',
  trophy: '<path d="M8 4h8v6a4 4 0 0 1-8 0V4Z"/><path d="M8 5.500H4.500c0 3.5 1.2 5 3.8 5.300M16 5.500h3.500c0 3.5-1.2 5-3.8 5.300M12 14v3.500M8.5 20h7l-1-2.500h-5L8.5 20Z"/>',
  friends: '<circle cx="9" cy="9" r="3.5"/><path d="M3 19c.4-3.5 2.6-5.5 6-5.500s5.6 2 6 5.500M15.5 5.800a3.3 3.3 0 0 1 0 6.400M17 13.800c2.4.5 3.7 2.3 4 5.2"/>',
  home: '<path d="m4 11.5 8-7 8 7V19a1.5 1.5 0 0 1-1.5 1.500h-13A1.5 1.5 0 0 1 4 19v-7.500Z"/><path d="M9.5 20v-6h5v6"/>',
  profile: '<circle cx="12" cy="8.5" r="4"/><path d="M4.5 20c.6-4.3 3.3-6.5 7.5-6.500s6.9 2.2 7.5 6.5"/>',
  bolt: '<path d="M13 3 5 13.500h5.500L10 21l8.5-11H13l1-7h-1Z"/>',
  clock: '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.300l3.5 2"/>',
  plus: '<path d="M12 5v14M5 12h14"/>',
  exit: '<path d="M10 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h4M14 8l4 4-4 4M18 12H9"/>',
  globe: '<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.500c5 5 5 12 0 17-5-5-5-12 0-17Z"/>',
  table: '<rect x="3" y="7" width="18" height="10" rx="5"/><path d="M9 12h6"/>',
  wallet: '<path d="M4 7.500A2.5 2.5 0 0 1 6.5 5H17v3M4 7.500V17a2.5 2.5 0 0 0 2.5 2.500H20V8H6.5"/><path d="M16 13.700h.1" stroke-width="3"/>',
  mute: '<path d="M4 10v4h3.500L12 18V6l-4.5 4H4Z"/><path d="m16 9.5 5 5M21 9.500l-5 5"/>',
  first: '<path d="M6 5v14M18 6l-7.5 6L18 18V6Z"/>',
  previous: '<path d="M15.5 6 8 12l7.5 6V6Z"/>',
  play: '<path d="m8 5 11 7-11 7V5Z"/>',
  pause: '<path d="M8.5 5v14M15.5 5v14"/>',
  next: '<path d="M8.5 6 16 12l-7.5 6V6Z"/>',
  last: '<path d="M18 5v14M6 6l7.5 6L6 18V6Z"/>',
  close: '<path d="m6 6 12 12M18 6 6 18"/>',
  history: '<path d="M4 12a8 8 0 1 0 2.6-5.900L4 8.500M4 4v4.500h4.500M12 8v4.500l3 1.8"/>',
  eye: '<path d="M2.5 12S6 5.500 12 5.500 21.5 12 21.5 12 18 18.5 12 18.5 2.500 12 2.500 12Z"/><circle cx="12" cy="12" r="3"/>',
  robot: '<rect x="5" y="8.5" width="14" height="11" rx="3"/><path d="M12 8.500V5M9 13v1.500M15 13v1.500M2.500 12.500v4M21.500 12.500v4"/><circle cx="12" cy="4" r="1.2"/>',
  wifi: '<path d="M3 3l18 18M5 11a11 11 0 0 1 4-2.400M2 7.500A16 16 0 0 1 7 4.700M19 11a11 11 0 0 0-4.500-2.600M22 7.500A16 16 0 0 0 11 3.600M8.500 14.500a5.500 5.500 0 0 1 6 .6M12 19h.1"/>',
  chair: '<path d="M7 4v9h10V4M6 13h12M8 13v7M16 13v7"/>',
};

export function icon(name) {
  return `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${ICONS[name]}</svg>`;
}
