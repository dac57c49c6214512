/**
 * Owns the app as a desktop window: the built out/ under Electron, real or stand-in. Must not know what the window
 * shows. Used by fixtures.ts.
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import type { Channel, ServerMessage } from '../src-shared/contract/channel.ts';
import type { CommandName, Params, Result } from '../src-shared/contract/commands.ts';
import type { Door } from './running-app.ts';
import { chooseElectron } from './which-electron.ts';

declare global {
  interface Window {
    /** What src-preload/preload.ts exposes. */
    readonly transship: Channel;
  }
}

const root = join(import.meta.dirname, '..');

export const electronDoor: Door = async (profile, watch) => {
  const { folder } = chooseElectron(process.env, process.platform);
  // Playwright asks the `electron` package for the binary, in this process.
  if (folder !== null) process.env.ELECTRON_OVERRIDE_DIST_PATH = folder;
  const app = await _electron.launch({ args: [root, '--profile', profile] });
  const child = app.process();
  const exit = once(child, 'exit') as Promise<[number | null]>;
  const page = await openedPage(app, watch);
  return {
    page,
    electron: app,
    async call<Name extends CommandName>(command: Name, params: Params<Name>) {
      const answer = await exchange(page, { command, params });
      if (answer.type !== 'reply') throw new Error(answer.type === 'refusal' ? answer.failure.message : answer.type);
      return answer.result as Result<Name>;
    },
    async state() {
      const answer = await exchange(page, null);
      if (answer.type !== 'snapshot') throw new Error(`expected a snapshot, got a ${answer.type}`);
      return answer.state;
    },
    async kill() {
      child.kill('SIGKILL');
      await exit;
    },
    async quit() {
      await app.close();
      return (await exit)[0];
    },
  };
};

/** The window's page with the bundle loaded. An app that shows none is ended: nobody else would. */
async function openedPage(app: ElectronApplication, watch: (page: Page) => void): Promise<Page> {
  try {
    const page = await app.firstWindow();
    watch(page);
    // A new window is blank before it loads the bundle.
    await page.waitForURL('**/index.html*');
    return page;
  } catch (error) {
    app.process().kill('SIGKILL');
    throw error;
  }
}

/** Says one thing over the window's own channel and waits for the answer: to a call, or else to a subscription. */
function exchange(page: Page, call: { command: string; params: unknown } | null): Promise<ServerMessage> {
  return page.evaluate(
    (asked) =>
      new Promise<ServerMessage>((resolve) => {
        // The page counts its own calls from 1.
        const id = 1e9 + Math.floor(Math.random() * 1e9);
        const stop = window.transship.onMessage((message) => {
          if (asked === null ? message.type !== 'snapshot' : !('id' in message) || message.id !== id) return;
          stop();
          resolve(message);
        });
        window.transship.send(asked === null ? { type: 'subscribe' } : { type: 'call', id, ...asked });
      }),
    call,
  );
}
