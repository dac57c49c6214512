/**
 * Owns the app's window from first paint to close: place, page, channel, and what happens when its renderer dies.
 * Must not know what the page shows. Called by main.ts.
 */
import { type BrowserWindow, dialog, nativeTheme } from 'electron';
import type { House } from '../api/house.ts';
import type { Clock, Log } from '../ports.ts';
import { BUNDLE_PAGE } from './bundle-address.ts';
import { mayRevive } from './revive-window.ts';
import { createSecureWindow } from './secure-window.ts';
import { connectWindow } from './window-channel.ts';
import { placeWindow, readWindowState, rememberWindow, SMALLEST, workAreas } from './window-state.ts';

/** The page's own ground (its tokens --surface), so that nothing flashes before the first paint. */
const GROUND = { light: '#FBFBF9', dark: '#13181C' } as const;

export interface WindowNeeds {
  readonly house: House;
  readonly log: Log;
  readonly clock: Clock;
  readonly profile: string;
  /** Absolute path of the built preload. */
  readonly preload: string;
  readonly devTools: boolean;
}

export interface OpenWindow {
  readonly window: BrowserWindow;
  /** Saves the window's place and tells the page why it ends. */
  farewell(reason: string): void;
}

/** Opens the window; it shows itself when its first frame is painted. */
export function openWindow({ house, log, clock, profile, preload, devTools }: WindowNeeds): OpenWindow {
  const { bounds, maximized } = placeWindow(readWindowState(profile), workAreas());
  const window = createSecureWindow(
    {
      ...bounds,
      minWidth: SMALLEST.width,
      minHeight: SMALLEST.height,
      title: 'Transship',
      backgroundColor: GROUND[nativeTheme.shouldUseDarkColors ? 'dark' : 'light'],
    },
    preload,
    devTools,
  );
  const savePlace = rememberWindow(window, profile, log);
  const channel = connectWindow(window, house, log);

  window.once('ready-to-show', () => {
    if (maximized) window.maximize();
    window.show();
  });
  const load = () => {
    window.loadURL(BUNDLE_PAGE).catch((error: unknown) => log.error('the page did not load', { error }));
  };
  const crashesMs: number[] = [];
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    log.error('the window crashed', { reason, exitCode });
    const nowMs = clock.monotonicMs();
    crashesMs.push(nowMs);
    if (window.isDestroyed() || reason === 'clean-exit') return;
    if (mayRevive(crashesMs, nowMs)) load();
    else askAfterCrashes(window, load);
  });
  load();

  return {
    window,
    farewell(reason) {
      savePlace();
      channel.close(reason);
    },
  };
}

/** A page that keeps crashing is not reloaded for ever. The jobs go on meanwhile. */
function askAfterCrashes(window: BrowserWindow, load: () => void): void {
  void dialog
    .showMessageBox(window, {
      type: 'error',
      message: 'The window keeps crashing.',
      detail: 'Your migrations go on. The log in the profile folder says more.',
      buttons: ['Try again', 'Close the window'],
      defaultId: 0,
      cancelId: 1,
    })
    .then(({ response }) => (response === 0 ? load() : window.destroy()));
}
