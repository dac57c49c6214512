/**
 * Owns the choice of the way in: the desktop window's channel, or the browser's door. Must not talk to the house.
 * Called by main.tsx and by the page that asks for a fresh code.
 */
import { buyTicket, exchangeCode, takeCode } from './browser-door.ts';
import type { OpenedChannel } from './client.ts';
import { electronChannel } from './electron-channel.ts';
import { openWebSocketChannel } from './websocket-channel.ts';

export interface WayIn {
  open(): Promise<OpenedChannel>;
  /** Only in a browser: takes a code that a person pasted. */
  useCode(code: string): void;
}

export function wayIn(): WayIn {
  const desktop = electronChannel();
  if (desktop !== null) {
    return { open: async () => ({ kind: 'open', channel: desktop }), useCode() {} };
  }
  let code = takeCode();
  let token: string | null = null;
  // A second address with a fresh code in a tab that is already open.
  window.addEventListener('hashchange', () => {
    code = takeCode() ?? code;
  });

  async function enter(): Promise<'in' | 'gone' | 'unreachable'> {
    if (token !== null) return 'in';
    if (code === null) return 'gone';
    const answer = await exchangeCode(code);
    if (answer.kind === 'unreachable') return 'unreachable';
    code = null;
    if (answer.kind === 'in') token = answer.value;
    return answer.kind;
  }

  return {
    async open() {
      const entered = await enter();
      if (entered === 'gone') return { kind: 'closed-out' };
      if (entered === 'unreachable' || token === null) return { kind: 'unreachable' };
      const ticket = await buyTicket(token);
      if (ticket.kind === 'unreachable') return { kind: 'unreachable' };
      if (ticket.kind === 'gone') {
        // The server was started anew: this token is of another life.
        token = null;
        return { kind: 'closed-out' };
      }
      try {
        return { kind: 'open', channel: await openWebSocketChannel(ticket.value) };
      } catch {
        return { kind: 'unreachable' };
      }
    },
    useCode(given) {
      code = given;
    },
  };
}
