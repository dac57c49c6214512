/**
 * Owns the channel over one WebSocket, for the browser. Must not reconnect by itself: the client opens a new one.
 * Called by connect.ts.
 */
import type { Channel, ClientMessage, ServerMessage } from '../../src-shared/contract/channel.ts';

/** Resolves when the socket is open; rejects when it could not be. `ticket` opens one socket, once. */
export function openWebSocketChannel(ticket: string): Promise<Channel> {
  const url = new URL('/ws', window.location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(url, ['transship', `ticket.${ticket}`]);
  const hearers = new Set<(message: ServerMessage) => void>();
  const mourners = new Set<(reason: string) => void>();
  socket.addEventListener('message', ({ data }) => {
    // The door is ours and checks what it sends; a frame that is no JSON would be its bug and ends the socket.
    const message: ServerMessage = JSON.parse(String(data));
    for (const hear of hearers) hear(message);
  });
  socket.addEventListener('close', ({ reason }) => {
    for (const mourn of mourners) mourn(reason);
  });
  const channel: Channel = {
    send(message: ClientMessage) {
      socket.send(JSON.stringify(message));
    },
    onMessage(listener) {
      hearers.add(listener);
      return () => hearers.delete(listener);
    },
    onClose(listener) {
      mourners.add(listener);
      return () => mourners.delete(listener);
    },
  };
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(channel), { once: true });
    socket.addEventListener('error', () => reject(new Error('The socket could not be opened.')), { once: true });
  });
}
