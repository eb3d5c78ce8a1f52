/** The page's two languages, and how amounts, times and numbers are written in them. */
import { WORDS } from './words.js';

export const LANGUAGES = ['id', 'en'];
const LANGUAGE_KEY = 'higgs.language';
const LOCALES = { id: 'id-ID', en: 'en-GB' };

let current = 'id';

/** The language that was chosen last, else the device's, else Indonesian. */
export function restoreLanguage(storage, wanted) {
  const known = (name) => LANGUAGES.includes(name);
  const device = globalThis.navigator?.language?.slice(0, 2);
  current = [wanted, storage?.getItem(LANGUAGE_KEY), device].find(known) ?? 'id';
}

export const language = () => current;

/** Changes the language; the page that is open draws itself again. */
export function setLanguage(name, storage) {
  if (!LANGUAGES.includes(name)) return;
  current = name;
  storage?.setItem(LANGUAGE_KEY, name);
}

/** The text of a key in the chosen language, with `{name}` replaced by `values.name`. */
export function t(key, values = {}) {
  const text = WORDS[key]?.[LANGUAGES.indexOf(current)] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''));
}

const SCALES = [
  [1e9, 1e9, ['M', 'B']],
  [1e6, 1e6, ['jt', 'M']],
  [1e5, 1e3, ['rb', 'K']],
  [0, 1, null],
];

/** 12500000 as 12,5 jt in Indonesian and 12.5M in English; small amounts, or `full`, exactly. */
export function amount(chips, { full = false, sign = false } = {}) {
  const prefix = chips < 0 ? '−' : sign && chips > 0 ? '+' : '';
  const size = Math.abs(chips);
  const [, divisor, suffix] = full ? [0, 1, null] : SCALES.find(([least]) => size >= least);
  // Rounded towards zero: nobody is shown a chip that is not there.
  const digits = divisor === 1 ? 0 : size / divisor < 100 ? 1 : 0;
  const shown = Math.trunc((size / divisor) * 10 ** digits) / 10 ** digits;
  const number = new Intl.NumberFormat(LOCALES[current], { maximumFractionDigits: digits })
    .format(shown);
  if (!suffix) return prefix + number;
  return prefix + number + (current === 'id' ? `\u00a0${suffix[0]}` : suffix[1]);
}

/** A moment as the device's user would write it. */
export function moment(time) {
  const options = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' };
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? ''
    : new Intl.DateTimeFormat(LOCALES[current], options).format(date);
}
