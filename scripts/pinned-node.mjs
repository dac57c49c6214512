/**
 * Owns finding the Node that runs everything after the installation: version 24, the one that Electron embeds. Must
 * not install it. Plain JavaScript for any Node ≥ 20. Called by launch.mjs.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** node:sqlite, type stripping and import.meta.main as the house uses them are all there from this version on. */
export const LEAST_NODE = [24, 15];

/**
 * The registry's own Node when it is installed for this machine and runs (it does not on musl), else the host's when
 * that is new enough. macOS has no usable package, so it is the host's there.
 * @param {string} root
 * @param {{ platform: string, arch: string, execPath: string }} host
 * @returns {string} path of a Node that was seen to run; throws a sentence when there is none
 */
export function findPinnedNode(root, host) {
  const system = host.platform === 'win32' ? 'win' : host.platform;
  const name = host.platform === 'win32' ? 'node.exe' : 'node';
  const pinned = join(root, 'node_modules', `node-${system}-${host.arch}`, 'bin', name);
  for (const node of [pinned, host.execPath]) {
    const version = versionOf(node);
    if (version !== null && isEnough(version)) return node;
  }
  const least = LEAST_NODE.join('.');
  throw new Error(
    `Node.js ${least} or newer is needed: on ${host.platform}-${host.arch} it does not come with the packages, and yours is ${versionOf(host.execPath)}. Install it from https://nodejs.org and try again.`,
  );
}

/**
 * @param {string} version like "v24.15.0"
 * @returns {boolean}
 */
export function isEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = LEAST_NODE;
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

/** @param {string} node */
function versionOf(node) {
  const run = spawnSync(node, ['--version'], { encoding: 'utf8' });
  return run.status === 0 ? run.stdout.trim() : null;
}
