/**
 * Owns the list of what `import … from 'electron'` and `require('electron')` give in the main process. An import of
 * anything else does not link. Must not hold code. Resolved by resolve-electron.ts.
 */
import { readFileSync } from 'node:fs';

export { app } from './app.ts';
export { BrowserWindow, webContents } from './browser-window.ts';
export { dialog, Menu, Notification, nativeTheme, safeStorage, screen } from './desktop.ts';
export { protocol, session } from './session.ts';
export { utilityProcess } from './utility-process.ts';

const manifest = new URL('../../node_modules/electron/package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
Object.defineProperty(process.versions, 'electron', { value: `${version}-standin`, enumerable: true });
Object.defineProperty(process, 'type', { value: 'browser' });
