/**
 * Owns what our page may ask of the browser: to be served from the bundle and to copy text. Everything else is denied,
 * for Electron grants what nobody refuses. Called by main.ts once the app is ready.
 */
import { session } from 'electron';
import { BUNDLE_SCHEME, isBundleAddress } from './bundle-address.ts';

/** The partition in which the window lives; on disk, so that theme and drafts outlive the app. */
export const WINDOW_PARTITION = 'persist:ui';

/** `handler` answers every request of the page under `app://`. */
export function secureSession(handler: (request: Request) => Promise<Response>): void {
  const own = session.fromPartition(WINDOW_PARTITION);
  own.protocol.handle(BUNDLE_SCHEME, handler);
  own.setPermissionRequestHandler((_contents, permission, answer, { isMainFrame, requestingUrl }) =>
    answer(isPermitted(permission, isMainFrame, requestingUrl)),
  );
  own.setPermissionCheckHandler((_contents, permission, requestingOrigin, { isMainFrame }) =>
    isPermitted(permission, isMainFrame, requestingOrigin),
  );
  own.setDevicePermissionHandler(() => false);
  own.setDisplayMediaRequestHandler((_request, answer) => answer(null));
  own.on('will-download', (event) => event.preventDefault());
}

function isPermitted(permission: string, isMainFrame: boolean, address: string): boolean {
  return permission === 'clipboard-sanitized-write' && isMainFrame && isBundleAddress(address);
}
