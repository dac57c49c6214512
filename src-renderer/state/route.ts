/**
 * Owns where the window is: a route in the address's fragment, so that back, forward and reload work. Must not know
 * screens. Read by app.tsx; written by links.
 */
import { useSyncExternalStore } from 'react';

export interface Route {
  /** First word of the path: "overview", "jobs". */
  readonly screen: string;
  /** The rest of the path: an id. */
  readonly id: string | null;
  readonly query: URLSearchParams;
}

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [screen = '', id = '', ...rest] = path.split('/');
  const decoded = decode(id);
  if (rest.length > 0 || decoded === null) return NOWHERE;
  return {
    screen: screen === '' ? 'overview' : screen,
    id: decoded === '' ? null : decoded,
    query: new URLSearchParams(query),
  };
}

/** An address that cannot be read: no screen has this name. */
const NOWHERE: Route = { screen: '?', id: null, query: new URLSearchParams() };

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** "#/jobs/12?state=failed" for use in `href`. Undefined and empty values are left out. */
export function href(
  screen: string,
  id?: string | number,
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') search.set(name, value);
  const path = id === undefined ? screen : `${screen}/${encodeURIComponent(id)}`;
  return `#/${path}${search.size === 0 ? '' : `?${search}`}`;
}

export function go(to: string): void {
  window.location.hash = to;
}

/** Changes the address without a new entry in the history: filters while they are typed. */
export function replaceRoute(to: string): void {
  window.history.replaceState(null, '', to);
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

let last = { hash: '', route: parseRoute('') };

function current(): Route {
  const { hash } = window.location;
  if (hash !== last.hash) last = { hash, route: parseRoute(hash) };
  return last.route;
}

export function useRoute(): Route {
  return useSyncExternalStore(listen, current);
}

function listen(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}
