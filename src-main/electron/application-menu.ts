/**
 * Owns the menu: the roles that every desktop app has, so that copy, paste, zoom and quit work as people expect.
 * Must not hold commands of our own; they live in the window. Called by main.ts once the app is ready.
 */
import { Menu, type MenuItemConstructorOptions } from 'electron';

/** `devTools`: also offer reloading and the developer tools. */
export function setApplicationMenu(platform: NodeJS.Platform, devTools: boolean): void {
  const view: MenuItemConstructorOptions[] = [
    ...(devTools ? ([{ role: 'reload' }, { role: 'toggleDevTools' }, { type: 'separator' }] as const) : []),
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ];
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(platform === 'darwin' ? ([{ role: 'appMenu' }] as const) : []),
      { role: 'fileMenu' },
      { role: 'editMenu' },
      { label: 'View', submenu: view },
      { role: 'windowMenu' },
    ]),
  );
}
