/**
 * Owns Electron's `webContents`: one page in Chromium with its preload, its messages, its requests and its guards.
 * Must not know windows. Made by browser-window.ts.
 */
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { answerRequest, fail, type PausedRequest } from './answer-request.ts';
import { devToolsFor } from './app.ts';
import type { DevToolsPipe } from './devtools-pipe.ts';
import { pageRuntime } from './page-runtime.ts';
import { toAppAddress, toChromiumAddress } from './scheme-address.ts';
import type { Session } from './session.ts';
import { StrictEmitter, strict } from './strict.ts';

const EVENTS = [
  'did-start-navigation',
  'did-finish-load',
  'will-navigate',
  'will-frame-navigate',
  'render-process-gone',
  'destroyed',
  // Neither can happen here: no handler of ours redirects, and Chromium has no <webview>.
  'will-redirect',
  'will-attach-webview',
];
/** Carries text from the page to us; the page's runtime takes it away before the page's own scripts run. */
const BINDING = '__electronStandin';

/** Electron's name of a permission → Chromium's. */
const PERMISSIONS = {
  'clipboard-sanitized-write': { name: 'clipboard-write', allowWithoutSanitization: false },
  'clipboard-read': { name: 'clipboard-read' },
  geolocation: { name: 'geolocation' },
  notifications: { name: 'notifications' },
} as const;

export interface PageOptions {
  readonly session: Session;
  readonly preload: string | undefined;
  readonly width: number;
  readonly height: number;
}

interface Frame {
  readonly id: string;
  readonly parentId?: string;
  readonly url: string;
}

interface WindowOpenAnswer {
  readonly action: 'deny' | 'allow';
}

let lastId = 0;

export class WebContents extends StrictEmitter {
  readonly id: number;
  readonly session: Session;
  readonly ipc = strict('webContents.ipc', new EventEmitter());
  private readonly devTools: DevToolsPipe;
  private readonly attached: Promise<void>;
  private readonly frames = new Map<string, Frame>();
  /** Execution context → its frame: who sent a message. */
  private readonly contexts = new Map<number, string>();
  private answerWindowOpen: (details: { readonly url: string }) => WindowOpenAnswer = () => ({ action: 'allow' });
  private targetId = '';
  private sessionId = '';
  /** The address that the app itself asked for; no will-navigate is due for it. */
  private asked: string | null = null;
  private gone = false;

  constructor(options: PageOptions) {
    super('webContents', EVENTS);
    lastId += 1;
    this.id = lastId;
    this.session = options.session;
    this.devTools = devToolsFor('new BrowserWindow');
    this.attached = this.attach(options);
  }

  async loadURL(address: string): Promise<void> {
    await this.attached;
    await this.tellPermissions(address);
    this.asked = toChromiumAddress(address);
    const { errorText } = (await this.call('Page.navigate', { url: this.asked })) as { errorText?: string };
    if (errorText !== undefined) throw new Error(`${errorText} loading '${address}'`);
  }

  send(channel: string, ...args: unknown[]): void {
    const expression = `globalThis.${BINDING}Deliver?.(${JSON.stringify(channel)}, ${JSON.stringify(args)})`;
    // What is sent while the page goes away is lost, as in Electron.
    this.call('Runtime.evaluate', { expression }).catch(() => {});
  }

  setWindowOpenHandler(answer: (details: { readonly url: string }) => WindowOpenAnswer): void {
    this.answerWindowOpen = answer;
  }

  getURL(): string {
    return toAppAddress(this.frames.get(this.targetId)?.url ?? '');
  }

  isDestroyed(): boolean {
    return this.gone;
  }

  async executeJavaScript(expression: string): Promise<unknown> {
    const question = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = (await this.call('Runtime.evaluate', question)) as {
      result: { value?: unknown };
      exceptionDetails?: { text: string };
    };
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text);
    return result.value;
  }

  forcefullyCrashRenderer(): void {
    this.call('Page.crash').catch(() => {});
  }

  /** Asks the page to go; `destroyed` follows. */
  close(): void {
    this.attached.then(() => this.devTools.send('Target.closeTarget', { targetId: this.targetId })).catch(() => {});
  }

  /** Chromium's name of this page, by which Playwright finds it. */
  hasTarget(targetId: string): boolean {
    return this.targetId === targetId;
  }

  private call(method: string, params: object = {}): Promise<unknown> {
    return this.devTools.send(method, params, this.sessionId);
  }

  private async attach({ preload, width, height }: PageOptions): Promise<void> {
    const { devTools } = this;
    await devTools.send('Target.setDiscoverTargets', { discover: true });
    await devTools.send('Browser.setDownloadBehavior', { behavior: 'default', eventsEnabled: true });
    const created = { url: 'about:blank', newWindow: true, width, height };
    this.targetId = ((await devTools.send('Target.createTarget', created)) as { targetId: string }).targetId;
    const attachment = { targetId: this.targetId, flatten: true };
    this.sessionId = ((await devTools.send('Target.attachToTarget', attachment)) as { sessionId: string }).sessionId;
    this.listen();
    const place = (await devTools.send('Browser.getWindowForTarget', { targetId: this.targetId })) as {
      windowId: number;
    };
    await devTools.send('Browser.setContentsSize', { windowId: place.windowId, width, height });
    for (const domain of ['Page', 'Runtime', 'Inspector']) await this.call(`${domain}.enable`);
    await this.call('Runtime.addBinding', { name: BINDING });
    if (preload !== undefined) {
      const code = readFileSync(preload, 'utf8');
      const source = `(${pageRuntime.toString()})((require, module, exports, process) => {${code}\n}, '${BINDING}')`;
      await this.call('Page.addScriptToEvaluateOnNewDocument', { source });
    }
    await this.call('Fetch.enable', { patterns: [{ urlPattern: '*' }] });
  }

  private listen(): void {
    const own = <Params>(event: string, listener: (params: Params) => void) =>
      this.devTools.on(event, (params: Params, sessionId: string) => {
        if (sessionId === this.sessionId) listener(params);
      });
    own('Page.frameNavigated', ({ frame }: { frame: Frame }) => this.frames.set(frame.id, frame));
    own('Page.frameDetached', ({ frameId }: { frameId: string }) => this.frames.delete(frameId));
    own('Page.navigatedWithinDocument', ({ frameId, url }: { frameId: string; url: string }) => {
      const frame = this.frames.get(frameId);
      if (frame) this.frames.set(frameId, { ...frame, url });
      this.announceNavigation(frameId, url, true);
    });
    own('Page.loadEventFired', () => this.emit('did-finish-load'));
    own('Runtime.executionContextCreated', ({ context }: { context: { id: number; auxData: { frameId: string } } }) =>
      this.contexts.set(context.id, context.auxData.frameId),
    );
    own('Runtime.executionContextDestroyed', (event: { executionContextId: number }) =>
      this.contexts.delete(event.executionContextId),
    );
    own('Runtime.bindingCalled', (event: { name: string; payload: string; executionContextId: number }) => {
      if (event.name === BINDING) this.receive(event.payload, event.executionContextId);
    });
    own('Fetch.requestPaused', (paused: PausedRequest) => void this.answer(paused));
    own('Inspector.targetCrashed', () => this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 139 }));
    own('Page.windowOpen', ({ url }: { url: string }) => this.judgeNewWindow(url));
    this.devTools.on(
      'Target.targetCreated',
      ({ targetInfo }: { targetInfo: { targetId: string; openerId?: string } }) => {
        const { targetId, openerId } = targetInfo;
        if (openerId === this.targetId) void this.devTools.send('Target.closeTarget', { targetId });
      },
    );
    this.devTools.on('Target.targetDestroyed', ({ targetId }: { targetId: string }) => {
      if (targetId !== this.targetId || this.gone) return;
      this.gone = true;
      this.emit('destroyed');
    });
    this.devTools.on(
      'Browser.downloadWillBegin',
      ({ frameId, guid, url }: { frameId: string; guid: string; url: string }) => {
        if (!this.frames.has(frameId)) return;
        const prevented = this.session.emitPreventable('will-download', {}, { getURL: () => toAppAddress(url) }, this);
        if (prevented) void this.devTools.send('Browser.cancelDownload', { guid });
      },
    );
  }

  private receive(payload: string, contextId: number): void {
    const { channel, args } = JSON.parse(payload) as { channel: string; args: unknown[] };
    const frame = this.frames.get(this.contexts.get(contextId) ?? '');
    const parent =
      frame?.parentId === undefined ? null : { url: toAppAddress(this.frames.get(frame.parentId)?.url ?? '') };
    const senderFrame = frame === undefined ? null : { url: toAppAddress(frame.url), parent };
    this.ipc.emit(channel, { sender: this, senderFrame }, ...args);
  }

  /** Every request passes here; documents are navigations, and the app may forbid those. */
  private async answer(paused: PausedRequest): Promise<void> {
    const { requestId, frameId, resourceType, request } = paused;
    let verdict = fail(requestId, 'Aborted');
    if (resourceType !== 'Document' || this.mayNavigate(frameId, request.url)) {
      verdict = await answerRequest(paused, this.session).catch((error: unknown) => {
        process.stderr.write(`A protocol handler failed: ${String(error)}\n`);
        return fail(requestId, 'Failed');
      });
    }
    // The page may be gone by now.
    await this.call(verdict.method, verdict.params).catch(() => {});
  }

  private mayNavigate(frameId: string, url: string): boolean {
    const isMainFrame = frameId === this.targetId;
    const wasAsked = isMainFrame && url === this.asked;
    if (isMainFrame) this.asked = null;
    if (!wasAsked) {
      const details = { url: toAppAddress(url), isMainFrame, isSameDocument: false };
      const preventedInFrame = this.emitPreventable('will-frame-navigate', details);
      if (preventedInFrame || (isMainFrame && this.emitPreventable('will-navigate', details))) return false;
    }
    this.announceNavigation(frameId, url, false);
    return true;
  }

  private announceNavigation(frameId: string, url: string, isSameDocument: boolean): void {
    const details = { url: toAppAddress(url), isMainFrame: frameId === this.targetId, isSameDocument };
    this.emit('did-start-navigation', details);
  }

  /** Its target is closed whatever the app says: a window that the app allowed would need one of our own. */
  private judgeNewWindow(url: string): void {
    if (this.answerWindowOpen({ url: toAppAddress(url) }).action !== 'deny') {
      throw new Error('The Electron stand-in cannot allow new windows.');
    }
  }

  private async tellPermissions(address: string): Promise<void> {
    const origin = new URL(toChromiumAddress(address)).origin;
    if (origin === 'null') return;
    for (const [name, permission] of Object.entries(PERMISSIONS)) {
      const setting = this.session.permits(this, name, address) ? 'granted' : 'denied';
      await this.devTools.send('Browser.setPermission', { permission, setting, origin });
    }
  }
}
