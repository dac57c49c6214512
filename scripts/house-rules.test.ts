/** Proves that each house rule finds what it forbids and leaves alone what is allowed. */
import { expect, test } from 'vitest';
import { brokenRules } from './house-rules.ts';

const HEADER = '/** Owns a thing. */\n';

test.each([
  ['src-main/engine/a.ts', 'Date.now();', 'Date.now'],
  ['src-main/engine/a.ts', 'globalThis.setTimeout(f, 1);', 'setTimeout'],
  ['src-main/engine/a.ts', 'const at = new Date();', 'new Date()'],
  ['src-main/engine/a.ts', 'const x = Math.random() * 2;', 'Math.random'],
  ['src-main/engine/a.ts', 'process.hrtime.bigint();', 'process.hrtime.bigint'],
  ['src-main/engine/a.ts', "import { setTimeout as wait } from 'node:timers/promises';", 'node:timers/promises'],
  ['src-shared/a.ts', "export type A = import('./b.ts').B;", "import('./b.ts').B"],
  ['src-main/api/a.ts', "import { createServer as open } from 'node:http';", 'node:http'],
  ['src-main/api/a.ts', "import http from 'http';", 'http'],
  ['src-main/electron/a.ts', "import * as net from 'node:net';", 'node:net'],
  ['src-main/store/a.ts', "import { copyFile } from 'node:fs/promises'; copyFile(paths.database, x);", 'copyFile'],
  ['src-main/compose.ts', "import fs from 'node:fs'; fs.promises.open(databaseFile);", 'fs.promises.open'],
])('%s: %s', (path, text, named) => {
  const broken = brokenRules(path, HEADER + text);
  expect(broken).toHaveLength(1);
  expect(broken[0]).toContain(named);
});

test.each([
  ['a date made from a time that was given', 'src-main/engine/a.ts', 'const day = new Date(atMs);'],
  ['the clock port', 'src-main/engine/a.ts', 'clock.after(5, go); clock.wallMs();'],
  ['real time outside the engine', 'src-main/node-ports/a.ts', 'setTimeout(go, Date.now());'],
  ['real time in a test of the engine', 'src-main/engine/a.test.ts', 'Date.now();'],
  ['a server in the headless door', 'src-main/headless/a.ts', "import { createServer } from 'node:http';"],
  ['a server in a test', 'src-main/api/a.test.ts', "import { createServer } from 'node:http';"],
  ['a client of node:net', 'src-main/providers/http/a.ts', "import { BlockList, isIP } from 'node:net';"],
  ['only the type of a server', 'src-main/api/a.ts', "import type { Server } from 'node:http';"],
  [
    'the folder of the database',
    'src-main/a.ts',
    "import { mkdir } from 'node:fs/promises'; mkdir(dirname(database));",
  ],
  ['forbidden words in a comment', 'src-main/engine/a.ts', '// never Date.now() or setTimeout()'],
])('%s is allowed', (_what, path, text) => {
  expect(brokenRules(path, HEADER + text)).toEqual([]);
});

test('a file without a header is named', () => {
  expect(brokenRules('src-shared/a.ts', "import './b.ts';\n")).toEqual([
    'does not open with a comment that says what it owns',
  ]);
});

test('the header may follow the line that makes a script executable', () => {
  expect(brokenRules('scripts/a.mjs', `#!/usr/bin/env node\n${HEADER}`)).toEqual([]);
});

test('400 lines are allowed and 401 are not', () => {
  expect(brokenRules('src-shared/a.ts', HEADER + '\n'.repeat(399))).toEqual([]);
  expect(brokenRules('src-shared/a.ts', HEADER + '\n'.repeat(400))).toEqual(['has 401 lines; 400 at most']);
});

test.each(['src-shared/utils.ts', 'src-main/common/a.ts', 'src-renderer/parts/index.tsx', 'e2e/helpers.test.ts'])(
  'the name of %s is refused',
  (path) => {
    expect(brokenRules(path, HEADER)).toHaveLength(1);
  },
);

test('a file that does not parse is a finding, not a pass', () => {
  expect(brokenRules('src-shared/a.ts', `${HEADER}const = ;`)[0]).toContain('does not parse');
});
