/**
 * Owns having the packages of package-lock.json in node_modules before anything else runs. Must not change the lock
 * file. Plain JavaScript for any Node ≥ 20, with nothing installed. Called by launch.mjs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withFolderLock } from './folder-lock.mjs';

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean, link?: boolean }} LockedPackage
 * @typedef {{ packages: Record<string, LockedPackage> }} Lock
 */

/**
 * Why node_modules is not what the lock file asks for; null when it is. npm writes node_modules/.package-lock.json as
 * the last step of an install, so an install that broke off shows as a missing or older one. Contents are compared,
 * not times: a checkout changes times only.
 * @param {string} root
 * @returns {string | null}
 */
export function whyInstall(root) {
  const wanted = readLock(join(root, 'package-lock.json'));
  if (wanted === null) throw new Error('package-lock.json is missing or damaged; restore it from the repository.');
  const installed = readLock(join(root, 'node_modules/.package-lock.json'));
  if (installed === null) return 'there is no complete installation yet';
  for (const [path, want] of Object.entries(wanted.packages)) {
    if (path === '' || want.link) continue;
    const have = installed.packages[path];
    if (have === undefined) {
      if (want.optional || want.devOptional) continue;
      return `${path} is not installed`;
    }
    if (have.version !== want.version || have.integrity !== want.integrity) return `${path} is another version`;
    if (!existsSync(join(root, path, 'package.json'))) return `${path} is gone`;
  }
  return null;
}

/**
 * Installs when needed. Concurrent calls wait for one another; only the first one installs.
 * @param {string} root
 * @param {(line: string) => void} say
 */
export async function ensureInstalled(root, say) {
  if (whyInstall(root) === null) return;
  await withFolderLock(
    join(root, '.cache/install.lock'),
    () => say('Another installation is running here; waiting for it.'),
    async () => {
      const why = whyInstall(root);
      if (why === null) return;
      say(`Installing packages: ${why}.`);
      await runNpmCi(root);
      const still = whyInstall(root);
      if (still !== null) throw new Error(`npm ci ended well, and yet ${still}.`);
    },
  );
}

/** @param {string} root */
async function runNpmCi(root) {
  const { npm_execpath: npm, npm_node_execpath: hostNode } = process.env;
  const node = hostNode ?? process.execPath;
  if (process.platform === 'win32' && node.startsWith(join(root, 'node_modules'))) {
    throw new Error(
      'The packages are out of date, and Windows cannot replace a running Node: run "npm ci" yourself once.',
    );
  }
  // Through npm's own script when npm started us: the same npm, and no shell to find it with.
  const [command, args, shell] = npm?.endsWith('npm-cli.js')
    ? [node, [npm, 'ci'], false]
    : ['npm', ['ci'], process.platform === 'win32'];
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', shell });
  const kill = () => child.kill();
  process.once('exit', kill);
  const [code, signal] = await once(child, 'exit').catch((error) => {
    throw new Error(`npm could not be started (${error.message}); install Node.js with npm.`);
  });
  process.off('exit', kill);
  if (code !== 0) throw new Error(`npm ci failed (${signal ?? `exit code ${code}`}); what it said is above.`);
}

/**
 * @param {string} file
 * @returns {Lock | null}
 */
function readLock(file) {
  try {
    const lock = JSON.parse(readFileSync(file, 'utf8'));
    return typeof lock?.packages === 'object' && lock.packages !== null ? lock : null;
  } catch {
    // Missing and damaged mean the same to the caller: not installed.
    return null;
  }
}
