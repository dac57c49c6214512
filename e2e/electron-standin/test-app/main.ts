/**
 * Owns the smallest app that touches what the stand-in promises: scheme, preload, messages, guards, one instance.
 * What happens goes into `globalThis.heard`, where the test reads it. Run by electron-standin.test.ts.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { app, BrowserWindow, protocol, session } from 'electron';

const heard: string[] = [];
Object.assign(globalThis, { heard });

const PAGE = `<!doctype html><title>Test</title><p id="inline"></p><p id="text"></p>
<a id="away" href="https://example.com/">away</a><a id="window" href="/index.html" target="_blank">window</a>
<a id="download" href="/index.html" download="x.html">download</a>
<script>document.querySelector('#inline').textContent = 'ran'</script><script src="/page.js"></script>`;
const SCRIPT = `bridge.onText((text) => { document.querySelector('#text').textContent = text; }); bridge.send('hello');`;
const FILES: Readonly<Record<string, readonly [string, string]>> = {
  '/index.html': ['text/html', PAGE],
  '/page.js': ['text/javascript', SCRIPT],
};

app.enableSandbox();
protocol.registerSchemesAsPrivileged([
  { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);
const { profile } = parseArgs({ options: { profile: { type: 'string' } }, strict: false }).values;
app.setPath('userData', String(profile));
if (!app.requestSingleInstanceLock()) app.exit(0);
app.on('second-instance', (_event, argv) => heard.push(`second-instance ${argv.at(-1)}`));
app.on('window-all-closed', () => app.quit());
app.on('before-quit', () => heard.push('before-quit'));
app.on('web-contents-created', (_event, contents) => {
  contents.setWindowOpenHandler(({ url }) => {
    heard.push(`window ${url}`);
    return { action: 'deny' };
  });
  contents.on('will-navigate', (event) => {
    heard.push(`navigate ${event.url}`);
    event.preventDefault();
  });
  contents.on('render-process-gone', (_gone, { reason }) => heard.push(`gone ${reason}`));
});

void app.whenReady().then(async () => {
  const own = session.fromPartition('persist:test');
  own.protocol.handle('app', ({ url }) => {
    const [type, text] = FILES[new URL(url).pathname] ?? ['text/plain', null];
    const headers = { 'Content-Type': type, 'Content-Security-Policy': "default-src 'none'; script-src 'self'" };
    return new Response(text, { status: text === null ? 404 : 200, headers });
  });
  own.setPermissionCheckHandler((_contents, permission) => permission === 'geolocation');
  own.on('will-download', (event) => {
    heard.push('download');
    event.preventDefault();
  });
  const window = new BrowserWindow({
    width: 900,
    height: 640,
    webPreferences: {
      preload: join(import.meta.dirname, 'preload.cjs'),
      partition: 'persist:test',
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
    },
  });
  window.webContents.ipc.on('text', (event, text) => {
    heard.push(`text ${text} from ${event.senderFrame?.url}`);
    window.webContents.send('text', `${text} back`);
  });
  await window.loadURL('app://bundle/index.html');
});
