/**
 * Owns Azurite, Microsoft's stand-in for Azure Blob Storage, on loopback: installed by npm into the run's own folder,
 * its data there too. Started by run-server-tests.ts.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { answersHttp, freePorts, type RunningServer, startDaemon, waitUntil } from './daemon.ts';

const AZURITE = 'azurite@3.35.0';
/** The account that every Azurite has; its key is in Microsoft's documents. */
const ACCOUNT = {
  accountName: 'devstoreaccount1',
  accountKey: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
};

export interface Azurite extends RunningServer {
  readonly endpoint: string;
  readonly accountName: string;
  readonly accountKey: string;
}

/** Throws with npm's own words when it cannot. */
export function installAzurite(folder: string): void {
  console.log(`Installing ${AZURITE}.`);
  const args = ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', AZURITE];
  const run = spawnSync('npm', args, { encoding: 'utf8' });
  if (run.status !== 0) {
    throw new Error(`npm install failed: ${run.error?.message ?? run.stderr.trim().split('\n').slice(-3).join(' ')}`);
  }
}

/** `installed` is where installAzurite put it, `state` is for its data. */
export async function startAzurite(state: string, installed: string): Promise<Azurite> {
  const [port] = await freePorts(1);
  const program = join(installed, 'node_modules/azurite/dist/src/blob/main.js');
  const options = [
    ...['--blobHost', '127.0.0.1', '--blobPort', String(port), '--location', state, '--silent'],
    // Without a name of its own the account stands in the path; and the library is newer than the emulator.
    ...['--disableProductStyleUrl', '--skipApiVersionCheck', '--disableTelemetry'],
  ];
  const daemon = startDaemon('azurite', [process.execPath, program, ...options], state);
  const address = `http://127.0.0.1:${port}`;
  try {
    await waitUntil('the first answer', () => answersHttp(address), { daemon, timeoutMs: 60_000 });
  } catch (error) {
    await daemon.stop();
    throw error;
  }
  return { endpoint: `${address}/${ACCOUNT.accountName}`, ...ACCOUNT, stop: () => daemon.stop() };
}
