/**
 * Owns the one place where a window is made, with every security setting written out. Must not know what the window
 * shows. Called by open-window.ts only.
 */
import { BrowserWindow, type BrowserWindowConstructorOptions } from 'electron';
import { WINDOW_PARTITION } from './secure-session.ts';

export type WindowLook = Pick<
  BrowserWindowConstructorOptions,
  'x' | 'y' | 'width' | 'height' | 'minWidth' | 'minHeight' | 'backgroundColor' | 'title'
>;

/** A hidden window. `preload` is an absolute path; `devTools` is for builds that are not packaged. */
export function createSecureWindow(look: WindowLook, preload: string, devTools: boolean): BrowserWindow {
  return new BrowserWindow({
    ...look,
    show: false,
    webPreferences: {
      preload,
      partition: WINDOW_PARTITION,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      plugins: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      spellcheck: false,
      devTools,
    },
  });
}
