/**
 * Owns the one IPC channel between a window and the house: text in, text out, as over a WebSocket. Must not let
 * anybody in but the main frame of our own page, and must not read what the messages say.
 * Called by open-window.ts for each window.
 */
import type { BrowserWindow } from 'electron';
import { MAX_CLIENT_MESSAGE_BYTES, type ServerMessage } from '../../src-shared/contract/channel.ts';
import { failure } from '../../src-shared/model/failure.ts';
import type { House, Session } from '../api/house.ts';
import type { Log } from '../ports.ts';
import { isOwnSender } from './bundle-address.ts';

const MESSAGE = 'transship:message';
const CLOSE = 'transship:close';

export interface WindowChannel {
  /** Ends the session and tells the page why, in words. */
  close(reason: string): void;
}

/** One session for each page load: it opens with the first message and closes when the page goes. */
export function connectWindow(window: BrowserWindow, house: House, log: Log): WindowChannel {
  const contents = window.webContents;
  let session: Session | null = null;

  const send = (message: ServerMessage) => {
    if (!contents.isDestroyed()) contents.send(MESSAGE, JSON.stringify(message));
  };
  const end = () => {
    session?.close();
    session = null;
  };

  contents.ipc.on(MESSAGE, (event, text: unknown) => {
    // Read at once: the frame becomes null as soon as the page navigates.
    const frame = event.senderFrame;
    if (!isOwnSender(frame)) return log.warn('message from a foreign page refused', { url: frame?.url ?? null });
    if (typeof text !== 'string') return log.warn('message that is no text refused');
    if (Buffer.byteLength(text) > MAX_CLIENT_MESSAGE_BYTES) return refuseOversize(text, send);
    const message = parseJson(text);
    if (message === undefined) return log.warn('message that is no JSON refused');
    session ??= house.openSession(send);
    session.receive(message);
  });
  contents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
    if (isMainFrame && !isSameDocument) end();
  });
  contents.on('render-process-gone', end);
  contents.on('destroyed', end);

  return {
    close(reason) {
      end();
      if (!contents.isDestroyed()) contents.send(CLOSE, reason);
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Tells the caller, without parsing megabytes: a client writes `type` and `id` first. */
function refuseOversize(text: string, send: (message: ServerMessage) => void): void {
  const id = /^\{"type":"call","id":(\d{1,15}),/.exec(text)?.[1];
  if (id === undefined) return;
  send({
    type: 'refusal',
    id: Number(id),
    failure: failure('too-large', `One request may hold ${MAX_CLIENT_MESSAGE_BYTES / 1024 / 1024} MiB at most.`, {
      hint: 'Split the list into several migrations.',
    }),
  });
}
