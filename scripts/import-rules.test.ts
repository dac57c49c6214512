/**
 * Proves that .dependency-cruiser.cjs sees every way to import and that each of its rules fails when it is broken.
 * Every case is a small tree of files in a temporary folder, cruised by the real tool with the real rules.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { cruise, type IConfiguration } from 'dependency-cruiser';
import { afterEach, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const config = join(root, '.dependency-cruiser.cjs');
const rules = createRequire(import.meta.url)(config) as IConfiguration;
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'import-rules-'));
  folders.push(folder);
  return folder;
}

/** Writes the files, runs the tool on them, and says which rule each file broke: "rule: file". */
async function violations(files: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { output } = await cruise(
    [...new Set(Object.keys(files).map((path) => path.split('/')[0] ?? path))],
    { ...rules.options, ruleSet: { forbidden: rules.forbidden ?? [] }, validate: true, baseDir: folder },
    { ...rules.options?.enhancedResolveOptions, bustTheCache: true },
  );
  if (typeof output === 'string') throw new Error(`The tool answered with text: ${output}`);
  return [...new Set(output.summary.violations.map((found) => `${found.rule.name}: ${found.from}`))].sort();
}

test('a tree that keeps the rules passes', async () => {
  expect(
    await violations({
      'src-shared/word.ts': 'export type Word = string;',
      'src-main/ports.ts': "import type { Word } from '../src-shared/word.ts'; export type Clock = Word;",
      'src-main/store/store.ts': "export type { Word } from '../../src-shared/word.ts';",
      'src-main/engine/pick.ts':
        "import type { Clock } from '../ports.ts'; import type { Word } from '../store/store.ts'; export type Pick = Clock | Word;",
      'src-main/compose.ts': "import './engine/pick.ts'; import './store/store.ts';",
      'src-main/headless.ts': "import './compose.ts'; import './headless/door.ts';",
      'src-main/headless/door.ts': "import { createServer } from 'node:http'; createServer();",
    }),
  ).toEqual([]);
});

test.each([
  ['import type', "import type { Word } from '../store/sqlite.ts'; export type A = Word;"],
  ['import of a type by name', "import { type Word } from '../store/sqlite.ts'; export type A = Word;"],
  ['export type from', "export type { Word } from '../store/sqlite.ts';"],
  ['export star from', "export * from '../store/sqlite.ts';"],
  ['dynamic import', "export const later = () => import('../store/sqlite.ts');"],
  ['import for effect', "import '../store/sqlite.ts';"],
])('%s is seen, in .ts and in .tsx', async (_form, text) => {
  expect(
    await violations({
      'src-main/store/sqlite.ts': 'export type Word = string; export const word = 1;',
      'src-main/engine/plain.ts': text,
      'src-main/engine/markup.tsx': `${text} export const part = () => <p>part</p>;`,
    }),
  ).toEqual(['room-engine: src-main/engine/markup.tsx', 'room-engine: src-main/engine/plain.ts']);
});

test('two files that import only types from each other are a cycle', async () => {
  expect(
    await violations({
      'src-shared/a.ts': "import type { B } from './b.ts'; export type A = B | 1;",
      'src-shared/b.ts': "import type { A } from './a.ts'; export type B = A | 2;",
    }),
  ).toEqual(['no-cycles: src-shared/a.ts']);
});

/** One room a line, each with an import that it may not have. */
const FORBIDDEN: readonly (readonly [rule: string, from: string, to: string])[] = [
  ['room-src-shared', 'src-shared/a.ts', 'src-main/ports.ts'],
  ['room-src-preload', 'src-preload/a.ts', 'src-main/ports.ts'],
  ['room-src-renderer', 'src-renderer/a.ts', 'src-main/ports.ts'],
  ['room-ports', 'src-main/ports.ts', 'src-main/engine/b.ts'],
  ['room-engine', 'src-main/engine/a.ts', 'src-main/store/sqlite/b.ts'],
  ['room-store', 'src-main/store/a.ts', 'src-main/engine/b.ts'],
  ['room-providers', 'src-main/providers/a.ts', 'src-main/worker/b.ts'],
  ['room-evidence', 'src-main/evidence/a.ts', 'src-main/engine/b.ts'],
  ['room-plan', 'src-main/plan/a.ts', 'src-main/store/b.ts'],
  ['room-probe', 'src-main/probe/a.ts', 'src-main/engine/b.ts'],
  ['room-worker', 'src-main/worker/a.ts', 'src-main/store/b.ts'],
  ['room-api', 'src-main/api/a.ts', 'src-main/store/b.ts'],
  ['room-node-ports', 'src-main/node-ports/a.ts', 'src-main/engine/b.ts'],
  ['room-electron', 'src-main/electron/a.ts', 'src-main/engine/b.ts'],
  ['room-headless', 'src-main/headless/a.ts', 'src-main/electron/b.ts'],
  ['room-main', 'src-main/main.ts', 'src-main/engine/b.ts'],
  ['room-headless', 'src-main/headless.ts', 'src-main/engine/b.ts'],
  ['room-cli', 'src-main/cli.ts', 'src-main/compose.ts'],
  ['room-engine', 'src-main/engine/a.ts', 'bench/b.ts'],
  ['no-test-in-product', 'src-main/engine/a.ts', 'src-main/engine/b.test.ts'],
];

test.each(FORBIDDEN)('%s: %s may not import %s', async (rule, from, to) => {
  const up = '../'.repeat(from.split('/').length - 1);
  const found = await violations({ [from]: `import '${up}${to}';`, [to]: 'export const b = 1;' });
  expect(found).toEqual([`${rule}: ${from}`]);
});

test('every room in the rules is broken by a case above', () => {
  const rooms = (rules.forbidden ?? []).map((rule) => rule.name ?? '').filter((name) => name.startsWith('room-'));
  expect(rooms).not.toHaveLength(0);
  expect(rooms.filter((name) => !FORBIDDEN.some(([rule]) => rule === name))).toEqual([]);
});

test.each([
  ['electron-in-its-room', 'src-main/engine/a.ts', 'electron'],
  ['electron-in-its-room', 'src-main/headless/a.ts', 'electron'],
  ['sockets-in-headless', 'src-main/api/a.ts', 'ws'],
  ['sockets-in-headless', 'src-main/api/a.ts', 'node:dgram'],
  ['no-node-outside-main', 'src-renderer/a.ts', 'node:fs'],
  ['no-node-outside-main', 'src-shared/a.ts', 'fs'],
  ['resolvable', 'src-shared/a.ts', './nowhere.ts'],
])('%s: %s may not import %s', async (rule, from, specifier) => {
  expect(await violations({ [from]: `import '${specifier}';` })).toContain(`${rule}: ${from}`);
});

test('a file straight in src-main that is no door is refused', async () => {
  expect(await violations({ 'src-main/loose.ts': "import '../src-shared/a.ts';", 'src-shared/a.ts': '' })).toEqual([
    'every-file-has-a-room: src-main/loose.ts',
  ]);
});

test('the command fails the build when a rule is broken', () => {
  const folder = temporaryFolder();
  const tool = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  mkdirSync(join(folder, 'src-shared'));
  writeFileSync(join(folder, 'src-shared/a.ts'), "import 'node:fs';");
  const run = spawnSync(process.execPath, [tool, '--config', config, 'src-shared'], { cwd: folder, encoding: 'utf8' });
  expect(run.status).toBeGreaterThan(0);
  expect(run.stdout).toContain('no-node-outside-main: src-shared/a.ts');
});
