/**
 * Owns how a browser gets in: the one-time code of the address becomes a session token, kept in memory only, and the
 * token buys a ticket for each socket. Must not store either. Called by connect.ts.
 */

/** `gone`: the code is used or too old, or the server was started anew; only a fresh code helps. */
export type DoorAnswer<T> =
  | { readonly kind: 'in'; readonly value: T }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unreachable' };

/** Takes the code out of the address bar, so that it is in no history and no screenshot. null: there is none. */
export function takeCode(): string | null {
  const code = new URLSearchParams(window.location.hash.slice(1)).get('code');
  if (code === null) return null;
  window.history.replaceState(null, '', `${window.location.pathname}#/overview`);
  return code;
}

export function exchangeCode(code: string): Promise<DoorAnswer<string>> {
  return ask('/api/session', { code }, null, 'token');
}

export function buyTicket(token: string): Promise<DoorAnswer<string>> {
  return ask('/api/ticket', {}, token, 'ticket');
}

async function ask(path: string, body: object, token: string | null, field: string): Promise<DoorAnswer<string>> {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    if (!response.ok) return { kind: 'gone' };
    const answer: unknown = await response.json();
    const value = typeof answer === 'object' && answer !== null ? Reflect.get(answer, field) : undefined;
    return typeof value === 'string' ? { kind: 'in', value } : { kind: 'gone' };
  } catch {
    return { kind: 'unreachable' };
  }
}
