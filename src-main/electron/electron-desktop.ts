/**
 * Owns what the house may ask of the desktop. Must not decide when to ask. Lent to the house by main.ts.
 */
import { BrowserWindow, dialog, Notification } from 'electron';
import { fail } from '../../src-shared/model/failure.ts';
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

  notify({ title, text }) {
    if (!Notification.isSupported()) fail('unsupported', 'This desktop shows no notifications.');
    return new Promise((resolve, reject) => {
      const notification = new Notification({ title, body: text });
      notification.once('show', () => resolve());
      notification.once('failed', (_event, reason) => reject(new Error(reason)));
      notification.show();
    });
  },
};
