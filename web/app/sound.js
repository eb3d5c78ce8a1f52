/** Sounds, made on the spot: one bus, off until the player turns it on. */
const SOUND_KEY = 'higgs.sound';

let context = null;
let bus = null;
let on = false;

/** Reads whether sound was on; browsers start audio only after a press, so does this. */
export function restoreSound(storage) { on = storage?.getItem(SOUND_KEY) === 'on'; }

export const soundIsOn = () => on;

export function setSound(value, storage) {
  on = value;
  storage?.setItem(SOUND_KEY, value ? 'on' : 'off');
  if (bus) bus.gain.value = on ? 1 : 0;
  if (on) play('place');
}

function ready() {
  if (!on || !globalThis.AudioContext) return false;
  if (!context) {
    context = new AudioContext();
    bus = context.createGain();
    bus.connect(context.destination);
  }
  if (context.state === 'suspended') void context.resume();
  return true;
}

/** One of the sounds below; nothing while sound is off. */
export function play(name) {
  if (!ready()) return;
  SOUNDS[name]?.(context.currentTime);
}

const SOUNDS = {
  place: (at) => { knock(at, 1900, 0.05, 0.5); thump(at, 150, 0.3); },
  double: (at) => { knock(at, 1500, 0.07, 0.6); thump(at, 105, 0.5); },
  deal: (at) => { for (let i = 0; i < 7; i += 1) knock(at + i * 0.07, 2600 - i * 60, 0.03, 0.22); },
  turn: (at) => { block(at, 620, 0.22); block(at + 0.13, 830, 0.22); },
  tick: (at) => block(at, 1250, 0.12),
  pass: (at) => { thump(at, 120, 0.4); thump(at + 0.16, 110, 0.4); },
  coin: (at) => { bell(at, 1975, 0.08); bell(at + 0.06, 2637, 0.08); },
  coins: (at) => { for (let i = 0; i < 9; i += 1) bell(
    at + i * 0.07, 1800 + (i % 3) * 420, 0.05,
  ); },
  win: (at) => [523, 659, 784, 1047].forEach((f, i) => bell(at + i * 0.11, f, 0.16, 0.5)),
  bigWin: (at) => [523, 659, 784, 1047, 1319, 1568]
    .forEach((f, i) => bell(at + i * 0.1, f, 0.17, 0.7)),
  lose: (at) => { bell(at, 294, 0.14, 0.35); bell(at + 0.18, 220, 0.14, 0.5); },
  pop: (at) => block(at, 980, 0.14),
};

/** A short breath of noise: bone on wood. */
function knock(at, frequency, seconds, loudness) {
  const length = Math.ceil(context.sampleRate * seconds);
  const buffer = context.createBuffer(1, length, context.sampleRate);
  const samples = buffer.getChannelData(0);
  for (let i = 0; i < length; i += 1) samples[i] = (Math.random() * 2 - 1) * (1 - i / length) ** 2;
  const source = context.createBufferSource();
  source.buffer = buffer;
  const filter = context.createBiquadFilter();
  Object.assign(filter, { type: 'bandpass' });
  filter.frequency.value = frequency;
  filter.Q.value = 1.4;
  source.connect(filter).connect(envelope(at, loudness, seconds));
  source.start(at);
}

function thump(at, frequency, loudness) {
  const tone = oscillator('sine', frequency);
  tone.frequency.exponentialRampToValueAtTime(frequency / 2, at + 0.1);
  tone.connect(envelope(at, loudness, 0.12));
  run(tone, at, 0.15);
}

function block(at, frequency, loudness) {
  const tone = oscillator('triangle', frequency);
  tone.connect(envelope(at, loudness, 0.09));
  run(tone, at, 0.12);
}

function bell(at, frequency, loudness, seconds = 0.18) {
  for (const [ratio, share] of [[1, 1], [2.76, 0.25]]) {
    const tone = oscillator('sine', frequency * ratio);
    tone.connect(envelope(at, loudness * share, seconds));
    run(tone, at, seconds + 0.05);
  }
}

function oscillator(type, frequency) {
  const node = context.createOscillator();
  node.type = type;
  node.frequency.value = frequency;
  return node;
}

function envelope(at, loudness, seconds) {
  const gain = context.createGain();
  gain.gain.setValueAtTime(0.0001, at);
  gain.gain.exponentialRampToValueAtTime(loudness, at + 0.006);
  gain.gain.exponentialRampToValueAtTime(0.0001, at + seconds);
  gain.connect(bus);
  return gain;
}

function run(tone, at, seconds) {
  tone.start(at);
  tone.stop(at + seconds);
}
