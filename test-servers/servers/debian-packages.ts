/**
 * Owns installing the servers' packages on Debian. Must not start them, nor let the packages start them.
 * Called by run-server-tests.ts.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

/** Debian asks this program before a package may start its service; 101 means "not allowed" (invoke-rc.d(8)). */
const POLICY = '/usr/sbin/policy-rc.d';

/** Why this machine cannot have the servers; null when it can. */
export function whyNoServers(): string | null {
  if (process.platform !== 'linux' || !existsSync('/etc/debian_version'))
    return 'the servers come from Debian packages, and this is not Debian';
  if (process.getuid?.() !== 0) return 'installing Debian packages needs root';
  return null;
}

/** Installs what is missing. Throws with apt's own words when it cannot. */
export function installPackages(packages: readonly string[]): void {
  const missing = packages.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  console.log(`Installing ${missing.join(', ')}.`);
  const ownPolicy = !existsSync(POLICY);
  if (ownPolicy) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    apt('update');
    apt('install', '--yes', '--no-install-recommends', ...missing);
  } finally {
    if (ownPolicy) rmSync(POLICY, { force: true });
  }
}

function isInstalled(name: string): boolean {
  const query = spawnSync('dpkg-query', ['--show', '--showformat=${db:Status-Status}', name], { encoding: 'utf8' });
  return query.stdout === 'installed';
}

function apt(...args: readonly string[]): void {
  const run = spawnSync('apt-get', ['-qq', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    encoding: 'utf8',
  });
  if (run.status !== 0)
    throw new Error(`apt-get ${args[0]} failed: ${run.stderr.trim().split('\n').slice(-3).join(' ')}`);
}
