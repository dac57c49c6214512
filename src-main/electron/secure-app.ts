/**
 * Owns what holds for every page that this process could ever show: sandboxed, never away from our bundle, no new
 * windows, no embedded views. Called by main.ts before the app is ready.
 */
import { app, protocol, type WebContents } from 'electron';
import { BUNDLE_SCHEME, isBundleAddress } from './bundle-address.ts';

export function secureApp(): void {
  app.enableSandbox();
  // Standard and secure, so that the page has an origin and module scripts; not one privilege more.
  protocol.registerSchemesAsPrivileged([
    { scheme: BUNDLE_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
  app.on('web-contents-created', (_event, contents) => guardContents(contents));
}

function guardContents(contents: WebContents): void {
  const stay = (event: { readonly url: string; preventDefault(): void }) => {
    if (!isBundleAddress(event.url)) event.preventDefault();
  };
  contents.on('will-navigate', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}
