/**
 * Owns what the house may ask of the desktop. Must not decide when to ask. Lent to the house by main.ts.
 */
import { BrowserWindow, dialog, Notification } from 'electron';
import { type Failure, FailureError, fail, failure } from '../../src-shared/model/failure.ts';
import type { Desktop } from '../ports.ts';

/** Some desktops never say whether they showed it. */
const SHOW_MS = 10_000;

function unheard(why: string): Failure {
  return failure('timeout', `The desktop did not show the notification: ${why}`, { retryable: true });
}

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

  async chooseFile(suggestedName) {
    const window = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0];
    const options = { defaultPath: suggestedName };
    const answer = await (window ? dialog.showSaveDialog(window, options) : dialog.showSaveDialog(options));
    return answer.canceled || answer.filePath === '' ? null : answer.filePath;
  },

  notify({ title, text }) {
    if (!Notification.isSupported()) fail('unsupported', 'This desktop shows no notifications.');
    return new Promise((resolve, reject) => {
      const notification = new Notification({ title, body: text });
      const silence = setTimeout(() => reject(new FailureError(unheard('It did not say so in time.'))), SHOW_MS);
      notification.on('show', () => {
        clearTimeout(silence);
        resolve();
      });
      notification.on('failed', (_event, reason) => {
        clearTimeout(silence);
        reject(new FailureError(unheard(reason)));
      });
      notification.show();
    });
  },
};
