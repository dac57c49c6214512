/**
 * Owns the APIs that are about the desktop around the window. Must not pretend: what needs a person or a keyring
 * throws, and a spec that needs an answer puts one in with `app.evaluate`. Part of electron-module.ts.
 */
import { requireReady } from './app.ts';
import { StrictEmitter, strict } from './strict.ts';

function needsPerson(api: string): never {
  throw new Error(`${api} needs a person; answer it in the spec, with app.evaluate.`);
}

export const dialog = strict('dialog', {
  showErrorBox: (title: string, content: string) => void process.stderr.write(`${title}\n${content}\n`),
  showOpenDialog: async (): Promise<never> => needsPerson('dialog.showOpenDialog'),
  showSaveDialog: async (): Promise<never> => needsPerson('dialog.showSaveDialog'),
  showMessageBox: async (): Promise<never> => needsPerson('dialog.showMessageBox'),
});

interface MenuTemplateItem {
  readonly role?: string;
  readonly label?: string;
  readonly type?: string;
}

export const Menu = strict('Menu', {
  buildFromTemplate(template: readonly MenuTemplateItem[]): { items: readonly MenuTemplateItem[] } {
    for (const item of template) {
      if (!item.role && !item.label && !item.type) throw new Error('A menu item needs a role, a label or a type.');
    }
    return { items: template };
  },
  setApplicationMenu: (_menu: object | null) => requireReady('Menu.setApplicationMenu'),
});

/** As where a notification daemon runs: shown at once, and listed in `shown` for the spec to read. */
export class Notification extends StrictEmitter {
  static readonly shown: { readonly title: string; readonly body: string }[] = [];
  private readonly words: { readonly title: string; readonly body: string };

  constructor(words: { readonly title: string; readonly body: string }) {
    super('Notification', ['show', 'failed']);
    this.words = words;
  }

  static isSupported(): boolean {
    return true;
  }

  show(): void {
    requireReady('Notification.show');
    Notification.shown.push(this.words);
    setImmediate(() => this.emit('show'));
  }
}

export const nativeTheme = strict('nativeTheme', { shouldUseDarkColors: false });

export const screen = strict('screen', {
  getAllDisplays() {
    requireReady('screen.getAllDisplays');
    return [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }];
  },
});

/** As on a Linux without a keyring, which is what test machines are. */
export const safeStorage = strict('safeStorage', {
  isAsyncEncryptionAvailable: async () => true,
  getSelectedStorageBackend: () => 'basic_text' as const,
  encryptStringAsync: async (): Promise<never> => needsKeyring('encryptStringAsync'),
  decryptStringAsync: async (): Promise<never> => needsKeyring('decryptStringAsync'),
});

function needsKeyring(name: string): never {
  throw new Error(`safeStorage.${name} needs a real keyring, which the Electron stand-in has not.`);
}
