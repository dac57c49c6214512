/**
 * Owns Electron's `session` and `protocol`: who serves a custom scheme, who grants permissions, who hears of
 * downloads. Must not talk to Chromium; web-contents.ts asks here. Part of electron-module.ts.
 */
import { requireNotReady, requireReady } from './app.ts';
import { StrictEmitter, strict } from './strict.ts';

type ProtocolHandler = (request: Request) => Response | Promise<Response>;
type PermissionCheck = (
  contents: unknown,
  permission: string,
  origin: string,
  details: { readonly isMainFrame: boolean; readonly requestingUrl: string },
) => boolean;

const privileged = new Set<string>();

export const protocol = strict('protocol', {
  registerSchemesAsPrivileged(schemes: readonly { readonly scheme: string; readonly privileges?: object }[]): void {
    requireNotReady('protocol.registerSchemesAsPrivileged');
    for (const { scheme, privileges } of schemes) {
      strictKeys('privileges', privileges ?? {}, ['standard', 'secure', 'supportFetchAPI']);
      privileged.add(scheme);
    }
  },
});

export class Session extends StrictEmitter {
  private readonly handlers = new Map<string, ProtocolHandler>();
  private check: PermissionCheck | null = null;
  readonly protocol = strict('session.protocol', {
    handle: (scheme: string, handler: ProtocolHandler) => {
      if (!privileged.has(scheme)) throw new Error(`The scheme "${scheme}" was not registered as privileged.`);
      this.handlers.set(scheme, handler);
    },
  });

  constructor() {
    super('session', ['will-download']);
  }

  setPermissionCheckHandler(check: PermissionCheck | null): void {
    this.check = check;
  }

  /** Chromium is told before anybody asks, from the check above, so that no request ever comes. */
  setPermissionRequestHandler(_handler: unknown): void {}
  setDevicePermissionHandler(_handler: unknown): void {}
  setDisplayMediaRequestHandler(_handler: unknown): void {}

  /** Electron grants what nobody refuses. */
  permits(contents: unknown, permission: string, origin: string): boolean {
    const details = { isMainFrame: true, requestingUrl: origin };
    return this.check === null || this.check(contents, permission, origin, details);
  }

  /** The handler's answer, or null when nobody serves the scheme. */
  async serve(scheme: string, request: Request): Promise<Response | null> {
    return (await this.handlers.get(scheme)?.(request)) ?? null;
  }
}

const sessions = new Map<string, Session>();

export const session = strict('session', {
  fromPartition(partition: string): Session {
    requireReady('session.fromPartition');
    return sessionOf(partition);
  },
});

/** The same session for the same partition; a window without one gets the default. */
export function sessionOf(partition = ''): Session {
  const known = sessions.get(partition) ?? strict('session', new Session());
  sessions.set(partition, known);
  return known;
}

/** Throws for settings that the stand-in does not understand, so that none is taken for granted. */
export function strictKeys(what: string, given: object, known: readonly string[]): void {
  for (const key of Object.keys(given)) {
    if (!known.includes(key)) throw new Error(`The Electron stand-in does not know ${what}.${key}.`);
  }
}
