import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { amount, setLanguage, t } from '../../web/app/i18n.js';
import { WORDS } from '../../web/app/words.js';
import { EMOTES } from '../../web/app/table/dialogs.js';

const APP = fileURLToPath(new URL('../../web/app', import.meta.url));

const sources = (folder) => readdirSync(folder).flatMap((name) => {
  const path = join(folder, name);
  if (statSync(path).isDirectory()) return sources(path);
  return name.endsWith('.js') && !name.startsWith('words') ? [readFileSync(path, 'utf8')] : [];
});
const CODE = sources(APP).join('\n');
const holes = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe('The words of the page', () => {
  it('are there in both languages, with the same holes', () => {
    for (const [key, words] of Object.entries(WORDS)) {
      assert.equal(words.length, 2, key);
      for (const text of words) assert.ok(text.trim().length > 0, key);
      assert.deepEqual(holes(words[0]), holes(words[1]), key);
    }
  });

  it('are known for every key that the code names', () => {
    const named = [...CODE.matchAll(/\bt\(\s*(?:[^'()]*\? )?'(\w+)'(?: : '(\w+)')?/g)]
      .flatMap(([, first, second]) => [first, second].filter(Boolean));
    assert.ok(named.length > 80, `only ${named.length} keys were found`);
    for (const key of named) assert.ok(WORDS[key], `no words for ${key}`);
  });

  it('are all used', () => {
    const unused = Object.keys(WORDS).filter((key) => !/^(error|emote)_/.test(key)
      && !CODE.includes(`'${key}'`));
    assert.deepEqual(unused, []);
  });

  it('name every reaction', () => {
    for (const name of Object.keys(EMOTES)) assert.ok(WORDS[`emote_${name}`], name);
  });

  it('come in the chosen language, with their values filled in', () => {
    setLanguage('id');
    assert.equal(t('turnOf', { name: 'Sari' }), 'Giliran Sari');
    setLanguage('en');
    assert.equal(t('turnOf', { name: 'Sari' }), 'Sari to play');
    assert.equal(t('turnOf', { name: '{name}' }), '{name} to play');
  });
});

describe('Amounts', () => {
  const cases = [
    // chips, options, Indonesian, English
    [0, {}, '0', '0'],
    [950, {}, '950', '950'],
    [40_000, {}, '40.000', '40,000'],
    [248_500, {}, '248\u00a0rb', '248K'],
    [1_320_000, {}, '1,3\u00a0jt', '1.3M'],
    [12_480_000, {}, '12,4\u00a0jt', '12.4M'],
    [2_500_000_000, {}, '2,5\u00a0M', '2.5B'],
    [1_999_999, {}, '1,9\u00a0jt', '1.9M'],
    [-1000, {}, '−1.000', '−1,000'],
    [1000, { sign: true }, '+1.000', '+1,000'],
    [0, { sign: true }, '0', '0'],
    [1_320_000, { full: true }, '1.320.000', '1,320,000'],
  ];
  for (const [chips, options, indonesian, english] of cases) {
    it(`${chips} ${JSON.stringify(options)} are ${english}`, () => {
      setLanguage('id');
      assert.equal(amount(chips, options), indonesian);
      setLanguage('en');
      assert.equal(amount(chips, options), english);
    });
  }
});
