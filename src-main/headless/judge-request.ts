/**
 * Owns the first look at a request, before anything else sees it: is it meant for us, does it come from our own page?
 * Pure. Fetch Metadata is not asked: a rebound name sends none. Used by http-door.ts for requests and upgrades.
 */

export interface RequestFacts {
  readonly httpVersion: string;
  /** As on the wire. */
  readonly target: string;
  /** Name, value, name, value: repeated headers stay visible. */
  readonly rawHeaders: readonly string[];
}

export type Verdict =
  | { readonly kind: 'ours'; readonly path: string }
  | { readonly kind: 'refused'; readonly status: 400 | 403 | 421; readonly reason: string };

/** `port`: the one that we listen on. Hosts are compared as text: no lower-casing, no trailing dot, no other spelling. */
export function judgeRequest({ httpVersion, target, rawHeaders }: RequestFacts, port: number): Verdict {
  const hosts = headerValues(rawHeaders, 'host');
  const authorities = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (httpVersion !== '1.1' || hosts.length !== 1) return refuse(400, 'One Host header, HTTP/1.1.');
  if (!authorities.includes(hosts[0] ?? '')) return refuse(421, 'This address is not served here.');
  if (!target.startsWith('/') || target.startsWith('//')) return refuse(400, 'Only paths are served.');
  const origins = headerValues(rawHeaders, 'origin');
  if (origins.length > 1) return refuse(400, 'One Origin header.');
  const origin = origins[0];
  // The page's own origin is the host it was opened under, not just any of ours.
  if (origin !== undefined && origin !== `http://${hosts[0]}`) return refuse(403, 'Another page may not ask here.');
  return { kind: 'ours', path: target.replace(/[?#].*$/s, '') };
}

export function headerValues(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === name) values.push(rawHeaders[index + 1] ?? '');
  }
  return values;
}

function refuse(status: 400 | 403 | 421, reason: string): Verdict {
  return { kind: 'refused', status, reason };
}
