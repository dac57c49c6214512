/**
 * Owns how an address of a custom scheme looks to Chromium, which cannot be taught schemes from outside:
 * `app://bundle/x` is served as `https://bundle.app.electron-standin.invalid/x`, a host that never resolves.
 * Pure. Used by web-contents.ts and session.ts.
 */

const HOST = /^https:\/\/([^/:]+)\.([a-z][a-z0-9+-]*)\.electron-standin\.invalid(?=\/|$)/;
const CUSTOM = /^([a-z][a-z0-9+-]*):\/\/([^/?#]+)/;
const BUILT_IN = new Set(['http', 'https', 'about', 'data', 'blob', 'chrome', 'file', 'devtools']);

/** What Chromium is told. */
export function toChromiumAddress(address: string): string {
  return address.replace(CUSTOM, (whole: string, scheme: string, host: string) =>
    BUILT_IN.has(scheme) ? whole : `https://${host}.${scheme}.electron-standin.invalid`,
  );
}

/** What the app is told. */
export function toAppAddress(address: string): string {
  return address.replace(HOST, '$2://$1');
}

/** The custom scheme of an address as Chromium has it, or null. */
export function customScheme(address: string): string | null {
  return HOST.exec(address)?.[2] ?? null;
}
