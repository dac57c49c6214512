/**
 * Owns `npm start` under Node 24: which door, a fresh build, then the door until it ends. Must not know what the doors
 * do. Called by start.mjs. `--headless` is its own flag; everything else is handed to the door.
 */
import { join, resolve } from 'node:path';
import { buildIfStale } from './build.ts';
import { hasDisplay, whyHeadless } from './choose-door.ts';
import { type ElectronBinary, fetchElectron, installedElectron, rootCause } from './electron-binary.ts';
import { runTool } from './run-tool.ts';

const root = resolve(import.meta.dirname, '..');
/** What a program that cannot load its libraries exits with on Linux. */
const CANNOT_LOAD = 127;

const given = process.argv.slice(2);
const args = given.filter((arg) => arg !== '--headless');
const electron = await findElectron(given.length !== args.length);
try {
  await buildIfStale();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
if (electron !== null) {
  const { status } = await runTool(electron.path, [root, ...args]);
  if (status !== CANNOT_LOAD) process.exit(status);
  console.error('The Electron binary lacks system libraries here, so Transship starts headless.');
}
const opens = hasDisplay({ platform: process.platform, env: process.env }) ? ['--open'] : [];
const { status } = await runTool(process.execPath, [join(root, 'out/main/headless.js'), ...opens, ...args]);
process.exit(status);

/** The binary to open the window with, or null after saying in one sentence why there is none. */
async function findElectron(wantsHeadless: boolean): Promise<ElectronBinary | null> {
  const installed = installedElectron(root);
  const why = whyHeadless({
    platform: process.platform,
    env: process.env,
    isRoot: process.getuid?.() === 0,
    wantsHeadless,
    overridden: installed?.overridden ?? false,
  });
  if (why !== null) {
    console.error(why);
    return null;
  }
  if (installed !== null) return installed;
  console.error('Fetching Electron …');
  try {
    return await fetchElectron(root, showProgress());
  } catch (error) {
    console.error(
      `The Electron binary is not here and cannot be fetched (${rootCause(error)}), so Transship starts headless.`,
    );
    return null;
  }
}

/** Says every tenth part of the download once. */
function showProgress(): (fraction: number) => void {
  let shown = 0;
  return (fraction) => {
    const tenths = Math.floor(fraction * 10);
    if (tenths > shown) console.error(`Fetching Electron … ${tenths * 10} %`);
    shown = Math.max(shown, tenths);
  };
}
