/**
 * Proves the desktop door's security settings: main.ts runs against a recording double of Electron, and every option
 * and handler that it sets is compared, in full, with what the product promises. Real settings of a real binary are
 * proven by e2e where one is installed.
 */
import type { EventEmitter } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

type Handler = (...args: unknown[]) => unknown;

const record = vi.hoisted(() => ({
  order: [] as string[],
  calls: new Map<string, unknown[]>(),
  windowOptions: [] as { webPreferences: object }[],
}));

vi.mock('electron', async () => {
  const { EventEmitter: Emitter } = await import('node:events');
  const note =
    (name: string, answer?: unknown) =>
    (...args: unknown[]) => {
      record.order.push(name);
      record.calls.set(name, args);
      return answer;
    };
  const app = Object.assign(new Emitter(), {
    isPackaged: true,
    enableSandbox: note('app.enableSandbox'),
    commandLine: { appendSwitch: note('app.commandLine.appendSwitch') },
    setPath: note('app.setPath'),
    requestSingleInstanceLock: note('app.requestSingleInstanceLock', true),
    whenReady: () => {
      record.order.push('ready');
      return Promise.resolve();
    },
    getVersion: () => '1.2.3',
    quit: note('app.quit'),
    exit: note('app.exit'),
  });
  const session = Object.assign(new Emitter(), {
    protocol: { handle: note('session.protocol.handle') },
    setPermissionRequestHandler: note('session.setPermissionRequestHandler'),
    setPermissionCheckHandler: note('session.setPermissionCheckHandler'),
    setDevicePermissionHandler: note('session.setDevicePermissionHandler'),
    setDisplayMediaRequestHandler: note('session.setDisplayMediaRequestHandler'),
  });
  class BrowserWindow extends Emitter {
    static getAllWindows = () => [];
    webContents = Object.assign(new Emitter(), {
      ipc: new Emitter(),
      setWindowOpenHandler: note('setWindowOpenHandler'),
    });
    loadURL = async (address: string) => note('loadURL')(address);
    isDestroyed = () => false;
    isMinimized = () => false;
    show = note('window.show');
    focus = note('window.focus');
    constructor(options: { webPreferences: object }) {
      super();
      record.windowOptions.push(options);
      record.calls.set('contents', [this.webContents]);
      record.calls.set('session', [session]);
      app.emit('web-contents-created', {}, this.webContents);
    }
  }
  return {
    app,
    BrowserWindow,
    session: { fromPartition: (partition: string) => note('session.fromPartition', session)(partition) },
    protocol: { registerSchemesAsPrivileged: note('protocol.registerSchemesAsPrivileged') },
    Menu: { buildFromTemplate: (template: unknown) => template, setApplicationMenu: note('Menu.setApplicationMenu') },
    dialog: { showErrorBox: note('dialog.showErrorBox') },
    nativeTheme: { shouldUseDarkColors: true },
    screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] },
    safeStorage: { isAsyncEncryptionAvailable: async () => false },
    utilityProcess: {},
  };
});
vi.mock('./electron/bundle-handler.ts', () => ({ createBundleHandler: () => async () => new Response() }));
vi.mock('./compose.ts', () => ({ startHouse: async () => ({ stop: async () => {}, openSession: vi.fn() }) }));

const profile = realpathSync(mkdtempSync(join(tmpdir(), 'transship-door-')));
const processListeners = new Map<string | symbol, unknown[]>();

beforeAll(async () => {
  for (const event of process.eventNames()) processListeners.set(event, process.listeners(event as 'exit'));
  vi.stubEnv('TRANSSHIP_PROFILE', profile);
  await import('./main.ts');
  await vi.waitFor(() => expect(record.order).toContain('loadURL'), 15_000);
});
afterAll(() => {
  for (const event of process.eventNames()) {
    for (const listener of process.listeners(event as 'exit')) {
      if (!processListeners.get(event)?.includes(listener)) process.off(event as 'exit', listener);
    }
  }
  rmSync(profile, { recursive: true, force: true });
});

const handler = (name: string) => record.calls.get(name)?.[0] as Handler;

test('sandbox, scheme, place of Chromium’s files and the instance lock come before ready', () => {
  expect(record.order.slice(0, 5)).toEqual([
    'app.enableSandbox',
    'protocol.registerSchemesAsPrivileged',
    'app.setPath',
    'app.requestSingleInstanceLock',
    'ready',
  ]);
  expect(record.calls.get('app.setPath')).toEqual(['userData', join(profile, 'window')]);
  expect(record.calls.get('protocol.registerSchemesAsPrivileged')).toEqual([
    [{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }],
  ]);
});

test('no command-line switch of Chromium is touched', () => {
  expect(record.order).not.toContain('app.commandLine.appendSwitch');
});

test('the one window has exactly these settings', () => {
  expect(record.windowOptions).toEqual([
    {
      width: 1280,
      height: 820,
      minWidth: 800,
      minHeight: 600,
      title: 'Transship',
      backgroundColor: '#13181C',
      show: false,
      webPreferences: {
        preload: join(import.meta.dirname, '../preload/preload.cjs'),
        partition: 'persist:ui',
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
        devTools: false,
      },
    },
  ]);
  expect(record.calls.get('session.fromPartition')).toEqual(['persist:ui']);
  expect(record.calls.get('session.protocol.handle')?.[0]).toBe('app');
  expect(record.calls.get('loadURL')).toEqual(['app://bundle/index.html']);
});

test('the guards stand before the page loads', () => {
  expect(record.order.indexOf('setWindowOpenHandler')).toBeLessThan(record.order.indexOf('loadURL'));
  expect(record.order.indexOf('session.setPermissionRequestHandler')).toBeLessThan(record.order.indexOf('loadURL'));
});

const PERMISSIONS = [
  'clipboard-read',
  'display-capture',
  'fileSystem',
  'fullscreen',
  'geolocation',
  'hid',
  'idle-detection',
  'local-network-access',
  'media',
  'midi',
  'notifications',
  'openExternal',
  'pointerLock',
  'serial',
  'storage-access',
  'usb',
  'unknown',
];

test.each(PERMISSIONS)('the permission "%s" is refused, asked or checked', (permission) => {
  expect(asked(permission, 'app://bundle/index.html', true)).toBe(false);
  expect(checked(permission, 'app://bundle/', true)).toBe(false);
});

test('copying text is for the main frame of our page', () => {
  const copy = 'clipboard-sanitized-write';
  expect([asked(copy, 'app://bundle/index.html', true), checked(copy, 'app://bundle/', true)]).toEqual([true, true]);
  expect([asked(copy, 'app://bundle/index.html', false), checked(copy, 'app://bundle/', false)]).toEqual([
    false,
    false,
  ]);
  expect([asked(copy, 'https://evil/', true), checked(copy, 'https://evil/', true)]).toEqual([false, false]);
});

test('devices, screen capture and downloads are refused', () => {
  expect(handler('session.setDevicePermissionHandler')({ deviceType: 'usb' })).toBe(false);
  const answer = vi.fn();
  handler('session.setDisplayMediaRequestHandler')({}, answer);
  expect(answer).toHaveBeenCalledExactlyOnceWith(null);
  expect(prevented('session', 'will-download', 'app://bundle/x')).toBe(true);
});

test.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])('%s leads nowhere but to our bundle', (event) => {
  expect(prevented('contents', event, 'app://bundle/index.html#/jobs')).toBe(false);
  for (const away of ['https://example.com/', 'app://evil/', 'file:///etc/passwd', 'data:text/html,x', 'about:blank']) {
    expect(prevented('contents', event, away)).toBe(true);
  }
});

test('no new windows, no embedded views', () => {
  expect(handler('setWindowOpenHandler')({ url: 'app://bundle/index.html' })).toEqual({ action: 'deny' });
  expect(prevented('contents', 'will-attach-webview', 'app://bundle/')).toBe(true);
});

test('a second instance only brings the window to the front, whatever its command line says', async () => {
  const { app } = await import('electron');
  record.order.length = 0;
  (app as EventEmitter).emit('second-instance', {}, ['--profile=/etc', '--no-sandbox'], '/');
  expect(record.order).toEqual(['window.show', 'window.focus']);
});

function asked(permission: string, requestingUrl: string, isMainFrame: boolean): unknown {
  const answer = vi.fn();
  handler('session.setPermissionRequestHandler')({}, permission, answer, { requestingUrl, isMainFrame });
  return answer.mock.calls[0]?.[0];
}

function checked(permission: string, origin: string, isMainFrame: boolean): unknown {
  return handler('session.setPermissionCheckHandler')({}, permission, origin, { requestingUrl: origin, isMainFrame });
}

function prevented(emitter: 'contents' | 'session', event: string, url: string): boolean {
  const preventDefault = vi.fn();
  const [target] = record.calls.get(emitter) ?? [];
  (target as EventEmitter).emit(event, { url, preventDefault });
  return preventDefault.mock.calls.length === 1;
}
