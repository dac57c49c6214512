/**
 * Owns what a preload script sees inside the page: `electron` with ipcRenderer and contextBridge, and nothing of Node.
 * `pageRuntime` is sent to Chromium as text: it must not refer to anything outside itself. Used by web-contents.ts.
 */

type Preload = (require: (name: string) => unknown, module: object, exports: object, process: object) => void;
type Listener = (event: object, ...args: unknown[]) => void;

/** Runs first in every new document. `binding` is the name of the function that carries text to the main process. */
export function pageRuntime(preload: Preload, binding: string): void {
  if (window.top !== window) return;
  const page = globalThis as unknown as Record<string, unknown>;
  const post = page[binding] as (text: string) => void;
  // The page itself must not reach the main process around the bridge.
  delete page[binding];
  const listeners = new Map<string, Set<Listener>>();

  const strict = <Target extends object>(name: string, target: Target): Target =>
    new Proxy(target, {
      get(object, key) {
        if (typeof key === 'string' && !(key in object)) {
          throw new Error(`The Electron stand-in does not know ${name}.${key}.`);
        }
        return Reflect.get(object, key) as unknown;
      },
    });
  /** Functions go over the bridge as functions, data as frozen copies, anything else not at all. */
  const bridge = (value: unknown): unknown => {
    if (typeof value === 'function') return (...args: unknown[]) => bridge(value(...args.map(bridge)));
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return Object.freeze(value.map(bridge));
    if (Object.getPrototypeOf(value) !== Object.prototype) throw new Error('An object could not be cloned.');
    return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, each]) => [key, bridge(each)])));
  };

  const ipcRenderer = strict('ipcRenderer', {
    send(channel: string, ...args: unknown[]) {
      if (!args.every((each) => typeof each === 'string')) throw new Error('The stand-in carries strings only.');
      post(JSON.stringify({ channel, args }));
    },
    on(channel: string, listener: Listener) {
      const heard = listeners.get(channel) ?? new Set();
      listeners.set(channel, heard.add(listener));
      return ipcRenderer;
    },
    off(channel: string, listener: Listener) {
      listeners.get(channel)?.delete(listener);
      return ipcRenderer;
    },
  });
  const contextBridge = strict('contextBridge', {
    exposeInMainWorld(name: string, api: unknown) {
      Object.defineProperty(globalThis, name, { value: bridge(api), enumerable: true });
    },
  });
  Object.defineProperty(globalThis, `${binding}Deliver`, {
    value: (channel: string, args: unknown[]) => {
      for (const listener of [...(listeners.get(channel) ?? [])]) listener({}, ...args);
    },
  });

  const module = { exports: {} };
  const require = (name: string): unknown => {
    if (name === 'electron') return strict('electron', { ipcRenderer, contextBridge });
    throw new Error(`module not found: ${name}`);
  };
  preload(require, module, module.exports, { contextIsolated: true, sandboxed: true, type: 'renderer' });
}
