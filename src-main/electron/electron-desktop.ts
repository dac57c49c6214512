/**
 * Owns what the house may ask of the desktop. Must not decide when to ask. Lent to the house by main.ts.
 */
import { BrowserWindow, dialog } from 'electron';
import type { Desktop } from '../ports.ts';

export const electronDesktop: Desktop = {
  async chooseFolder() {
    const options = { properties: ['openDirectory', 'createDirectory'] } as const;
    const window = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0];
    const properties = [...options.properties];
    const answer = await (window
      ? dialog.showOpenDialog(window, { properties })
      : dialog.showOpenDialog({ properties }));
    return answer.canceled ? null : (answer.filePaths[0] ?? null);
  },
};
