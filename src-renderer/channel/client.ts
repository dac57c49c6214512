/**
 * Owns the talk with the house over whatever channel there is: calls and their answers, the subscription, and coming
 * back after the channel broke. Must not know screens or keep state of the house. Made by main.tsx.
 */
import type { Channel, ServerMessage } from '../../src-shared/contract/channel.ts';
import type { CommandName, Params, Result } from '../../src-shared/contract/commands.ts';
import { FailureError, failure } from '../../src-shared/model/failure.ts';

/** `closed-out`: only a fresh code from the terminal opens the door again. */
export type Connection = 'connecting' | 'connected' | 'reconnecting' | 'closed-out';

export type OpenedChannel =
  | { readonly kind: 'open'; readonly channel: Channel }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'closed-out' };

export interface ClientEvents {
  onConnection(connection: Connection): void;
  onUpdate(message: Extract<ServerMessage, { type: 'snapshot' | 'patch' }>): void;
}

export interface Client {
  /** Rejects with FailureError: what the house refused, or `network` when the answer can not come any more. */
  call<Name extends CommandName>(name: Name, params: Params<Name>): Promise<Result<Name>>;
  /** Asks for a new snapshot. */
  subscribe(): void;
  /** Tries to open a channel now. */
  connect(): Promise<void>;
}

interface Waiting {
  resolve(result: never): void;
  reject(error: FailureError): void;
}

const FIRST_RETRY_MS = 300;
const LONGEST_RETRY_MS = 5_000;

/** `open` is tried again and again until it opens or says that it never will. */
export function createClient(open: () => Promise<OpenedChannel>, events: ClientEvents): Client {
  let channel: Channel | null = null;
  let lastId = 0;
  let retryMs = FIRST_RETRY_MS;
  let connecting = false;
  const waiting = new Map<number, Waiting>();

  async function connect(): Promise<void> {
    if (connecting || channel !== null) return;
    connecting = true;
    const opened = await open();
    connecting = false;
    if (opened.kind === 'closed-out') {
      events.onConnection('closed-out');
      return;
    }
    if (opened.kind === 'unreachable') {
      retry();
      return;
    }
    channel = opened.channel;
    retryMs = FIRST_RETRY_MS;
    channel.onMessage(hear);
    channel.onClose(lose);
    events.onConnection('connected');
    channel.send({ type: 'subscribe' });
    tellVisibility();
  }

  function retry(): void {
    events.onConnection('reconnecting');
    window.setTimeout(() => void connect(), retryMs);
    retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
  }

  function lose(): void {
    channel = null;
    for (const { reject } of waiting.values()) reject(lost());
    waiting.clear();
    retry();
  }

  function hear(message: ServerMessage): void {
    if (message.type === 'snapshot' || message.type === 'patch') {
      events.onUpdate(message);
      return;
    }
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.type === 'reply') asked?.resolve(message.result as never);
    else asked?.reject(new FailureError(message.failure));
  }

  function tellVisibility(): void {
    channel?.send({ type: 'visibility', visible: document.visibilityState === 'visible' });
  }
  document.addEventListener('visibilitychange', tellVisibility);

  return {
    call<Name extends CommandName>(name: Name, params: Params<Name>) {
      return new Promise<Result<Name>>((resolve, reject) => {
        if (channel === null) {
          reject(lost());
          return;
        }
        lastId += 1;
        waiting.set(lastId, { resolve: resolve as Waiting['resolve'], reject });
        channel.send({ type: 'call', id: lastId, command: name, params });
      });
    },
    subscribe() {
      channel?.send({ type: 'subscribe' });
    },
    connect,
  };
}

function lost(): FailureError {
  return new FailureError(
    failure('network', 'The connection to Transship was lost.', {
      hint: 'It comes back by itself. Look whether your last step took effect before you repeat it.',
    }),
  );
}
