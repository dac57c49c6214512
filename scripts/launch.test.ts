/** Proves that signals reach what was launched exactly once, and that its end becomes ours. Real processes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'launch-'));
  mkdirSync(join(root, 'scripts'));
  mkdirSync(join(root, 'node_modules'));
  for (const name of ['launch.mjs', 'install-packages.mjs', 'folder-lock.mjs', 'pinned-node.mjs']) {
    copyFileSync(join(import.meta.dirname, name), join(root, 'scripts', name));
  }
  writeFileSync(join(root, 'package-lock.json'), '{"packages":{}}');
  writeFileSync(join(root, 'node_modules/.package-lock.json'), '{"packages":{}}');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Launches a script with this text. */
function start(
  text: string,
  args: readonly string[] = [],
): { child: ChildProcess; said: (what: string) => Promise<void> } {
  writeFileSync(join(root, 'scripts/go.ts'), text);
  writeFileSync(
    join(root, 'scripts/door.mjs'),
    "import { launch } from './launch.mjs'; await launch('scripts/go.ts', process.argv.slice(2));",
  );
  const child = spawn(process.execPath, [join(root, 'scripts/door.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  const said = async (what: string) => {
    while (!output.includes(what)) await once(child.stdout ?? child, 'data');
  };
  return { child, said };
}

test('arguments go in, and the exit code comes out', async () => {
  const { child, said } = start('console.log(process.argv.slice(2).join("|")); process.exit(7);', ['--profile', 'a b']);
  const ended = once(child, 'exit');
  await said('--profile|a b');
  expect(await ended).toEqual([7, null]);
});

test('a press that arrives twice at once is passed on once; a later one again', async () => {
  const { child, said } = start(`
    let count = 0;
    process.on('SIGINT', () => console.log('signal ' + ++count));
    process.on('SIGTERM', () => { console.log('terminated after ' + count); process.exit(0); });
    setInterval(() => {}, 1000);
    console.log('up');`);
  const ended = once(child, 'exit');
  await said('up');
  child.kill('SIGINT');
  child.kill('SIGINT');
  await said('signal 1');
  // Longer than launch.mjs takes two signals for one.
  await new Promise((resolve) => setTimeout(resolve, 500));
  child.kill('SIGTERM');
  await said('terminated after 1');
  expect(await ended).toEqual([0, null]);
});

test('what a signal ends counts as interrupted, not as passed', async () => {
  const { child, said } = start("console.log('up'); setInterval(() => {}, 1000);");
  const ended = once(child, 'exit');
  await said('up');
  child.kill('SIGTERM');
  expect(await ended).toEqual([130, null]);
});

test('a script that is not there fails', async () => {
  const { child } = start('');
  rmSync(join(root, 'scripts/go.ts'));
  const [code] = await once(child, 'exit');
  expect(code).not.toBe(0);
});
