/**
 * Owns what happens to a request of a page: custom schemes go to the app's handler, everything else to the network.
 * Must not know windows. Called by web-contents.ts for every request that Chromium pauses.
 */
import { customScheme, toAppAddress } from './scheme-address.ts';
import type { Session } from './session.ts';

/** DevTools' Fetch.requestPaused, as far as we read it. */
export interface PausedRequest {
  readonly requestId: string;
  readonly frameId: string;
  readonly resourceType: string;
  readonly request: {
    readonly url: string;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly postData?: string;
  };
}

export interface Verdict {
  readonly method: 'Fetch.fulfillRequest' | 'Fetch.failRequest' | 'Fetch.continueRequest';
  readonly params: object;
}

/** The DevTools call that answers the request. A handler that throws fails it, as in Electron. */
export async function answerRequest({ requestId, request }: PausedRequest, session: Session): Promise<Verdict> {
  const scheme = customScheme(request.url);
  if (scheme === null) return { method: 'Fetch.continueRequest', params: { requestId } };
  const response = await session.serve(
    scheme,
    new Request(toAppAddress(request.url), {
      method: request.method,
      headers: request.headers,
      ...(request.postData === undefined ? {} : { body: request.postData }),
    }),
  );
  if (response === null) return fail(requestId, 'AddressUnreachable');
  const body = Buffer.from(await response.arrayBuffer()).toString('base64');
  const responseHeaders = [...response.headers].map(([name, value]) => ({ name, value }));
  return {
    method: 'Fetch.fulfillRequest',
    params: { requestId, responseCode: response.status, responseHeaders, body },
  };
}

/** Ends the request with one of DevTools' network error reasons. */
export function fail(requestId: string, errorReason: string): Verdict {
  return { method: 'Fetch.failRequest', params: { requestId, errorReason } };
}
