/**
 * Owns the first steps of every command on a fresh machine: packages in place, then the rest under Node 24, signals
 * and exit code passed on. Must not know what the rest does. Plain JavaScript for any Node ≥ 20.
 * Called by start.mjs, test.mjs and test-servers.mjs.
 */
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './install-packages.mjs';
import { findPinnedNode } from './pinned-node.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** npm passes Ctrl-C on although the terminal already sent it to everyone; two so close are one press. */
const SAME_PRESS_MS = 400;

/**
 * Runs a script under the pinned Node, and ends this process as it ended.
 * @param {string} script its path below the repository
 * @param {readonly string[]} args
 */
export async function launch(script, args) {
  /** @type {import('node:child_process').ChildProcess | null} */
  let child = null;
  let lastSignalMs = Number.NEGATIVE_INFINITY;
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      if (performance.now() - lastSignalMs < SAME_PRESS_MS) return;
      lastSignalMs = performance.now();
      if (child === null) process.exit(130);
      child.kill(signal);
    });
  }
  try {
    await ensureInstalled(root, (line) => console.error(line));
    const node = findPinnedNode(root, process);
    const path = `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}`;
    child = spawn(node, [join(root, script), ...args], {
      stdio: 'inherit',
      env: { ...process.env, PATH: path },
      // A group of its own: the terminal's Ctrl-C comes here only, and is passed on once.
      detached: process.platform !== 'win32',
    });
    child.on('error', (error) => {
      console.error(`Could not start Node: ${error.message}`);
      process.exit(1);
    });
    child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 130));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}
