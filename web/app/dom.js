/**
 * Makes elements. Texts are always set as text; markup comes only from this page's own drawings,
 * through `art`. No inline styles in markup, so that the strict content policy holds.
 */

/**
 * @param {string} tag
 * @param {Record<string, any>} [properties] `class`, `text`, `art` (own markup), `on` (listeners),
 *   `data`, `style` (custom or plain properties); anything else is an attribute: `true` sets it
 *   empty, `false`, `null` and `undefined` leave it out
 * @param {...(Node | string | null | undefined | false)} children
 */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) setProperty(node, name, value);
  node.append(
    ...children.filter((child) => child !== null && child !== undefined && child !== false),
  );
  return node;
}

const SPECIAL = {
  class: (node, value) => { node.className = value; },
  text: (node, value) => { node.textContent = value; },
  art: (node, value) => { node.innerHTML = value; },
  on: (node, value) => {
    for (const [type, handler] of Object.entries(value)) node.addEventListener(type, handler);
  },
  data: (node, value) => {
    for (const [key, item] of Object.entries(value)) setAttribute(node, `data-${key}`, item);
  },
  style: (node, value) => {
    for (const [key, item] of Object.entries(value)) node.style.setProperty(key, String(item));
  },
};

function setProperty(node, name, value) {
  if (SPECIAL[name]) SPECIAL[name](node, value);
  else setAttribute(node, name, value);
}

/** Sets an attribute, or removes it where there is no value. */
export function setAttribute(node, name, value) {
  if (value === false || value === null || value === undefined) node.removeAttribute(name);
  else node.setAttribute(name, value === true ? '' : String(value));
}

/** A span that holds one of this page's own drawings. */
export const art = (markup, className = '') => {
  const template = document.createElement('template');
  template.innerHTML = markup.trim();
  const node = template.content.firstElementChild;
  if (className) node.classList.add(...className.split(' '));
  return node;
};

/** A text that assistive technology reads at once. */
export function announce(text, { urgent = false } = {}) {
  const node = document.getElementById(urgent ? 'alert' : 'announce');
  if (!node) return;
  node.textContent = '';
  requestAnimationFrame(() => { node.textContent = text; });
}

/** Whether the player wants less motion. */
export const wantsLessMotion = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Moves an element to its place from somewhere else; nothing where less motion is wanted. */
export function animate(node, frames, options) {
  if (wantsLessMotion() || !node.animate) return null;
  return node.animate(frames, { fill: 'backwards', ...options });
}

/** The middle of an element on the screen. */
export function middleOf(node) {
  const { left, top, width, height } = node.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2 };
}
