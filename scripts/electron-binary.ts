/**
 * Owns finding the Electron binary, and fetching it where that can be done. Must not start it. Called by start-app.ts
 * and run-checks.ts.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { downloadArtifact, initializeProxy, type Progress } from '@electron/get';

/** A download host that has not begun to answer by then cannot be reached from here. */
const CONNECT_MS = 6_000;
/** A download that stands still for this long will not finish. */
const STALL_MS = 60_000;

/** Where each platform's archive holds the program: as electron/install.js has it. */
const PROGRAM: Readonly<Record<string, string>> = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  linux: 'electron',
  win32: 'electron.exe',
};

export interface ElectronBinary {
  readonly path: string;
  /** true: ELECTRON_OVERRIDE_DIST_PATH names it, so it may be anything, for example a stand-in. */
  readonly overridden: boolean;
}

/** The binary that is already here, or null. An unpacked one of another version counts as absent. */
export function installedElectron(
  root: string,
  env: NodeJS.ProcessEnv = process.env,
  platform: string = process.platform,
): ElectronBinary | null {
  const program = PROGRAM[platform];
  if (program === undefined) return null;
  if (env.ELECTRON_OVERRIDE_DIST_PATH) {
    const path = join(env.ELECTRON_OVERRIDE_DIST_PATH, program);
    return existsSync(path) ? { path, overridden: true } : null;
  }
  const home = join(root, 'node_modules/electron');
  const path = join(home, 'dist', program);
  const marks = [join(home, 'dist/version'), join(home, 'path.txt')];
  if (![path, ...marks].every((file) => existsSync(file))) return null;
  const { version } = readJson(join(home, 'package.json')) as { version: string };
  const unpacked = readFileSync(join(home, 'dist/version'), 'utf8').trim().replace(/^v/, '');
  return unpacked === version ? { path, overridden: false } : null;
}

/**
 * Downloads and unpacks the binary that package.json pins; its checksum is checked against the package's own list.
 * Gives up when the host does not answer within CONNECT_MS, but lets a slow download go on. Throws with the reason.
 */
export async function fetchElectron(root: string, onProgress: (fraction: number) => void): Promise<ElectronBinary> {
  const home = join(root, 'node_modules/electron');
  const { version } = readJson(join(home, 'package.json')) as { version: string };
  if (process.env.HTTPS_PROXY || process.env.https_proxy) initializeProxy();

  const giveUp = new AbortController();
  const patience = (delayMs: number, what: string) => setTimeout(() => giveUp.abort(new Error(what)), delayMs);
  let timer = patience(CONNECT_MS, `no answer within ${CONNECT_MS / 1000} s`);
  try {
    await downloadArtifact({
      version,
      artifactName: 'electron',
      platform: process.platform,
      arch: process.arch,
      checksums: readJson(join(home, 'checksums.json')) as Record<string, string>,
      ...(process.env.electron_config_cache ? { cacheRoot: process.env.electron_config_cache } : {}),
      downloadOptions: {
        quiet: true,
        signal: giveUp.signal,
        getProgressCallback: async ({ percent }: Progress) => {
          clearTimeout(timer);
          timer = patience(STALL_MS, `the download stood still for ${STALL_MS / 1000} s`);
          onProgress(percent);
        },
      },
    });
  } finally {
    clearTimeout(timer);
  }
  // The archive is in Electron's cache now; its own script unpacks it from there.
  const unpack = spawnSync(process.execPath, [join(home, 'install.js')], { encoding: 'utf8' });
  const binary = installedElectron(root);
  if (unpack.status !== 0 || binary === null) throw new Error(`it could not be unpacked: ${unpack.stderr.trim()}`);
  return binary;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The cause at the bottom of an error from fetch, for a sentence: "getaddrinfo ENOTFOUND github.com". */
export function rootCause(error: unknown): string {
  let cause = error;
  while (cause instanceof Error && cause.cause !== undefined) cause = cause.cause;
  return cause instanceof Error ? cause.message : String(cause);
}
