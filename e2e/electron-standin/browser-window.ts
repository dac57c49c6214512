/**
 * Owns Electron's `BrowserWindow` and the look-up of `webContents`. Must not draw: Chromium does.
 * Part of electron-module.ts.
 */
import { addWindow, app, removeWindow, requireReady, stopQuitting } from './app.ts';
import { sessionOf, strictKeys } from './session.ts';
import { StrictEmitter, strict } from './strict.ts';
import { WebContents } from './web-contents.ts';

const OPTIONS = [
  'x',
  'y',
  'width',
  'height',
  'minWidth',
  'minHeight',
  'title',
  'backgroundColor',
  'show',
  'webPreferences',
];

/** Settings whose safe value is what a page in Chromium has anyway. Any other value cannot be had here. */
const SAFE = {
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
} as const;

interface WindowOptions {
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
  readonly height?: number;
  readonly webPreferences?: Readonly<Record<string, unknown>> & {
    readonly preload?: string;
    readonly partition?: string;
  };
}

const open = new Set<StandinWindow>();

class StandinWindow extends StrictEmitter {
  readonly webContents: WebContents;
  private readonly bounds: { x: number; y: number; width: number; height: number };
  private maximized = false;
  private minimized = false;
  private closed = false;

  constructor(options: WindowOptions = {}) {
    super('BrowserWindow', ['close', 'closed', 'ready-to-show']);
    requireReady('new BrowserWindow');
    strictKeys('BrowserWindow options', options, OPTIONS);
    const { preload, partition, ...settings } = options.webPreferences ?? {};
    strictKeys('webPreferences', settings, [...Object.keys(SAFE), 'devTools']);
    for (const [name, value] of Object.entries(SAFE)) {
      if (settings[name] !== value) throw new Error(`The Electron stand-in has ${name}: ${value} only.`);
    }
    const { x = 0, y = 0, width = 800, height = 600 } = options;
    this.bounds = { x, y, width, height };
    this.webContents = strict(
      'webContents',
      new WebContents({ session: sessionOf(partition), preload, width, height }),
    );
    this.webContents.once('did-finish-load', () => this.emit('ready-to-show'));
    this.webContents.once('destroyed', () => this.forget());
    open.add(this);
    addWindow(this);
    app.emit('web-contents-created', {}, this.webContents);
  }

  static getAllWindows(): StandinWindow[] {
    return [...open];
  }

  static getFocusedWindow(): StandinWindow | null {
    return [...open][0] ?? null;
  }

  static fromWebContents(contents: WebContents): StandinWindow | null {
    return [...open].find((window) => window.webContents.id === contents.id) ?? null;
  }

  loadURL(address: string): Promise<void> {
    return this.webContents.loadURL(address);
  }

  // A page in headless Chromium is always drawn, whether its window shows or not.
  show(): void {}
  hide(): void {}
  focus(): void {}

  isMinimized(): boolean {
    return this.minimized;
  }

  minimize(): void {
    this.minimized = true;
  }

  restore(): void {
    this.minimized = false;
  }

  isMaximized(): boolean {
    return this.maximized;
  }

  maximize(): void {
    this.maximized = true;
  }

  getNormalBounds(): { x: number; y: number; width: number; height: number } {
    return { ...this.bounds };
  }

  isDestroyed(): boolean {
    return this.closed;
  }

  /** Asks; a listener may keep the window open. */
  close(): void {
    if (this.closed) return;
    if (this.emitPreventable('close')) stopQuitting();
    else this.destroy();
  }

  destroy(): void {
    if (!this.closed) this.webContents.close();
  }

  private forget(): void {
    this.closed = true;
    open.delete(this);
    this.emit('closed');
    removeWindow(this);
  }
}

export const BrowserWindow = StandinWindow;

export const webContents = strict('webContents', {
  /** Asked by Playwright, to close a page. */
  fromDevToolsTargetId: (targetId: string): WebContents | null =>
    [...open].map((window) => window.webContents).find((contents) => contents.hasTarget(targetId)) ?? null,
});
