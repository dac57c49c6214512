/**
 * Owns the live channel of browsers and programs: one WebSocket a window, let in by a one-time ticket. A client that
 * does not read gets a new snapshot once it does, instead of everything it missed. Must not answer commands itself.
 * Part of http-door.ts.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { MAX_CLIENT_MESSAGE_BYTES, type ServerMessage } from '../../src-shared/contract/channel.ts';
import type { House } from '../api/house.ts';
import type { DoorKeys } from './door-keys.ts';

export interface SocketDoor {
  /** Takes over an upgrade that was judged; refuses it without a ticket. */
  accept(request: IncomingMessage, socket: Socket, head: Buffer): void;
  close(): void;
}

const PROTOCOL = 'transship';
const MAX_SOCKETS = 32;
const PING_MS = 15_000;
/** Waiting to be sent; above it patches are dropped until the client has caught up. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
const CATCH_UP_MS = 250;
/** Close codes of RFC 6455: going away, bad data. */
const GOING_AWAY = 1001;
const BAD_DATA = 1007;

export function createSocketDoor(house: House, keys: DoorKeys): SocketDoor {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_CLIENT_MESSAGE_BYTES,
    handleProtocols: () => PROTOCOL,
  });
  const alive = new WeakSet<WebSocket>();
  const pinging = setInterval(() => {
    for (const socket of server.clients) {
      if (!alive.has(socket)) socket.terminate();
      alive.delete(socket);
      socket.ping();
    }
  }, PING_MS);
  pinging.unref();

  function serve(socket: WebSocket): void {
    let isBehind = false;
    alive.add(socket);

    function send(message: ServerMessage): void {
      if (socket.readyState !== socket.OPEN) return;
      if (message.type === 'patch' && (isBehind || socket.bufferedAmount > MAX_BUFFERED_BYTES)) {
        if (!isBehind) waitUntilRead();
        return;
      }
      socket.send(JSON.stringify(message));
    }

    /** Then the client is told the whole picture anew: it would notice the gap and ask for it anyway. */
    function waitUntilRead(): void {
      isBehind = true;
      const timer = setInterval(() => {
        if (socket.readyState === socket.OPEN && socket.bufferedAmount > 0) return;
        clearInterval(timer);
        isBehind = false;
        if (socket.readyState === socket.OPEN) session.receive({ type: 'subscribe' });
      }, CATCH_UP_MS);
      timer.unref();
    }

    const session = house.openSession(send);
    socket.on('pong', () => alive.add(socket));
    socket.on('message', (data, isBinary) => {
      alive.add(socket);
      const message = isBinary ? null : parse(data.toString());
      if (message === null) socket.close(BAD_DATA, 'Send JSON text.');
      else session.receive(message);
    });
    socket.on('close', () => session.close());
    // What ends a socket is told by `close`; an error by itself needs no answer.
    socket.on('error', () => socket.terminate());
  }

  return {
    accept(request, socket, head) {
      const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
      const ticket = offered.find((name) => name.startsWith('ticket.'))?.slice('ticket.'.length) ?? '';
      const isAllowed = offered.includes(PROTOCOL) && !keys.isLockedOut() && keys.useTicket(ticket);
      if (!isAllowed) {
        keys.noteWrongTry();
        socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      if (server.clients.size >= MAX_SOCKETS) {
        socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, serve);
    },
    close() {
      clearInterval(pinging);
      for (const socket of server.clients) {
        socket.close(GOING_AWAY, 'Transship is closing.');
        socket.terminate();
      }
      server.close();
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
