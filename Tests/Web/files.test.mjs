import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { spawnSync } from 'node:child_process';
import {
  existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, extname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const WEB = fileURLToPath(new URL('../../web', import.meta.url));
const LINES_MAX = 320;
const BYTES_MAX = 400_000;

const list = (folder) => readdirSync(folder).flatMap((name) => {
  const path = join(folder, name);
  return statSync(path).isDirectory() ? list(path) : [path];
});
const files = list(WEB).map((path) => ({
  path, name: relative(WEB, path), kind: extname(path), text: readFileSync(path, 'utf8'),
}));
const player = files.filter(({ name }) => !name.startsWith('console'));

/** Runs a check over the player's files and names those that fail it. */
const none = (broken) => assert.deepEqual(player.filter(broken).map(({ name }) => name), []);

describe('The files of the page', () => {
  it('name nothing that lies elsewhere', () => {
    const known = /https?:\/\/(www\.w3\.org\/2000\/svg|127\.0\.0\.1:3000)/g;
    none(({ text }) => /(https?:)?\/\/[\w-]+\.[a-z]{2,}/i.test(
      text.replace(known, '').replace(/^\s*(\/\/|\*).*$/gm, '')));
  });

  it('import only one another, and only what is there', () => {
    for (const { path, text } of files.filter(({ kind }) => kind === '.js')) {
      for (const [, target] of text.matchAll(/(?:from|import\()\s*'([^']+)'/g)) {
        assert.ok(target.startsWith('.'), `${path} imports ${target}`);
        assert.ok(existsSync(resolve(dirname(path), target)), `${path} imports ${target}`);
      }
    }
  });

  it('are modules that can be read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'higgs-web-'));
    for (const { name, text } of files.filter(({ kind }) => kind === '.js')) {
      const copy = join(folder, 'module.mjs');
      writeFileSync(copy, text);
      const { status, stderr } = spawnSync(process.execPath, ['--check', copy]);
      assert.equal(status, 0, `${name}: ${stderr}`);
    }
    rmSync(folder, { recursive: true });
  });

  it('keep the content policy: no inline script, style or handler', () => {
    none(({ kind, text }) => kind === '.html'
      && (/<script(?![^>]*\bsrc=)/.test(text) || /<style|\sstyle=|\son\w+=/.test(text)));
    none(({ kind, text }) => kind === '.js' && /\sstyle="|setAttribute\('style'|<script|\son\w+="/.test(text));
    none(({ kind, text }) => kind === '.js' && /\beval\(|new Function\(|document\.write/.test(text));
  });

  it('set markup in one place only, so that names are always text', () => {
    const places = player.filter(({ text }) => /innerHTML|insertAdjacentHTML|outerHTML/.test(text));
    assert.deepEqual(places.map(({ name }) => name).sort(), ['app/dom.js', 'app/tiles.js']);
  });

  it('ask for no font and no picture of others', () => {
    none(({ kind, text }) => kind === '.css' && /@font-face|@import|url\((?!['"]?#)/.test(text));
  });

  it('are all linked from the page that needs them', () => {
    const page = player.find(({ name }) => name === 'index.html');
    for (const { name } of player.filter(({ kind }) => kind === '.css')) {
      assert.ok(page.text.includes(`"/${name}"`), `${name} is not linked`);
    }
    for (const [, target] of page.text.matchAll(/(?:href|src)="\/([^"]+)"/g)) {
      assert.ok(existsSync(join(WEB, target)), `${target} is not there`);
    }
  });

  it('are small: each file, and all together', () => {
    none(({ text }) => text.split('\n').length > LINES_MAX);
    const bytes = player.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
    assert.ok(bytes < BYTES_MAX, `${bytes} bytes`);
  });
});
