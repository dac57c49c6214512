/**
 * Owns which addresses are our own page. Must not trust the look of a string: `app://bundle@evil` and
 * `app://bundle.evil` are not ours. Asked by window-channel.ts, secure-app.ts and secure-session.ts.
 */

export const BUNDLE_SCHEME = 'app';
const BUNDLE_HOST = 'bundle';
/** What the window loads. */
export const BUNDLE_PAGE = `${BUNDLE_SCHEME}://${BUNDLE_HOST}/index.html`;

/** True for addresses of our own bundle only. Pure. Node's `URL.origin` is "null" for such schemes, so it is no help. */
export function isBundleAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, host, username, password } = new URL(address);
  return protocol === `${BUNDLE_SCHEME}:` && host === BUNDLE_HOST && username === '' && password === '';
}

/** What we need of Electron's WebFrameMain. */
export interface SenderFrame {
  readonly url: string;
  readonly parent: unknown;
}

/** True when a message comes from the main frame of our own page. A frame that is gone (null) is nobody. Pure. */
export function isOwnSender(frame: SenderFrame | null): boolean {
  return frame !== null && frame.parent === null && isBundleAddress(frame.url);
}
