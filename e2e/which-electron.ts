/**
 * Owns the choice between the real Electron binary and the stand-in. Must not start either. Asked by electron-door.ts
 * and announce-electron.ts.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const STAND_IN = join(import.meta.dirname, 'electron-standin');

export interface ElectronChoice {
  readonly kind: 'real' | 'stand-in';
  /** The folder that ELECTRON_OVERRIDE_DIST_PATH must name, or null for the package's own. */
  readonly folder: string | null;
  /** One line for the head of the run. */
  readonly sentence: string;
}

/** The real binary when it is installed and can show a window here, else the stand-in. */
export function chooseElectron(env: Readonly<Record<string, string | undefined>>, platform: string): ElectronChoice {
  const overridden = env.ELECTRON_OVERRIDE_DIST_PATH;
  if (overridden !== undefined && overridden !== STAND_IN) {
    return { kind: 'real', folder: overridden, sentence: `Electron: the binary in ${overridden}.` };
  }
  const standIn = (why: string): ElectronChoice => ({
    kind: 'stand-in',
    folder: STAND_IN,
    sentence: `Electron: the stand-in over Chromium (${why}).`,
  });
  if (overridden === STAND_IN) return standIn('as ELECTRON_OVERRIDE_DIST_PATH says');
  const home = join(root, 'node_modules/electron');
  if (!existsSync(join(home, 'path.txt')) || !existsSync(join(home, 'dist/version'))) {
    return standIn("Electron's binary is not installed");
  }
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) return standIn('there is no display');
  const version = readFileSync(join(home, 'dist/version'), 'utf8').trim();
  return { kind: 'real', folder: null, sentence: `Electron: the real binary, ${version}.` };
}
