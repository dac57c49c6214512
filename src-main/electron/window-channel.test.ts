/** Proves who gets through the IPC channel, that a session lives as long as its page, and that no call is left hanging. */
import { EventEmitter } from 'node:events';
import type { BrowserWindow } from 'electron';
import { beforeEach, expect, test, vi } from 'vitest';
import { MAX_CLIENT_MESSAGE_BYTES, type ServerMessage } from '../../src-shared/contract/channel.ts';
import type { House } from '../api/house.ts';
import { connectWindow } from './window-channel.ts';

class Contents extends EventEmitter {
  readonly ipc = new EventEmitter();
  readonly sent: [string, string][] = [];
  destroyed = false;
  isDestroyed = () => this.destroyed;
  send = (channel: string, text: string) => void this.sent.push([channel, text]);
}

interface OpenedSession {
  readonly received: unknown[];
  readonly send: (message: ServerMessage) => void;
  closed: boolean;
}

const OWN = { url: 'app://bundle/index.html', parent: null };
const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
let contents: Contents;
let sessions: OpenedSession[];
let channel: ReturnType<typeof connectWindow>;

beforeEach(() => {
  contents = new Contents();
  sessions = [];
  const house: Pick<House, 'openSession'> = {
    openSession(send) {
      const session: OpenedSession = { received: [], send, closed: false };
      sessions.push(session);
      return {
        receive: (message) => void session.received.push(message),
        close: () => {
          session.closed = true;
        },
      };
    },
  };
  channel = connectWindow({ webContents: contents } as unknown as BrowserWindow, house as House, log);
});

const say = (text: unknown, senderFrame: object | null = OWN) =>
  contents.ipc.emit('transship:message', { senderFrame }, text);

test.each([
  ['a frame that is gone', null],
  ['a frame inside our page', { ...OWN, parent: OWN }],
  ['another host', { url: 'app://evil/index.html', parent: null }],
  ['a host that begins like ours', { url: 'app://bundle.evil/index.html', parent: null }],
  ['a host behind our name', { url: 'app://bundle@evil/index.html', parent: null }],
  ['our name with a password', { url: 'app://a:b@bundle/index.html', parent: null }],
  ['our host with a port', { url: 'app://bundle:1/index.html', parent: null }],
  ['a data page', { url: 'data:text/html,hi', parent: null }],
  ['a blank page', { url: 'about:blank', parent: null }],
  ['a local server', { url: 'http://127.0.0.1:8080/', parent: null }],
  ['a file', { url: 'file:///index.html', parent: null }],
  ['no address', { url: '', parent: null }],
])('refuses %s', (_name, frame) => {
  say('{"type":"subscribe"}', frame);
  expect(sessions).toEqual([]);
});

test.each([
  ['an object', { type: 'subscribe' }],
  ['nothing', undefined],
  ['broken JSON', '{"type":'],
  ['a number', 1],
])('refuses %s in place of JSON text', (_name, text) => {
  say(text);
  expect(sessions).toEqual([]);
});

test('hands over what our page says, and back what the house answers', () => {
  say('{"type":"subscribe"}');
  say('{"type":"visibility","visible":false}');
  expect(sessions).toHaveLength(1);
  expect(sessions[0]?.received).toEqual([{ type: 'subscribe' }, { type: 'visibility', visible: false }]);
  sessions[0]?.send({ type: 'reply', id: 1, result: {} });
  expect(contents.sent).toEqual([['transship:message', '{"type":"reply","id":1,"result":{}}']]);
});

test('a request that is too large is refused by its id, and never reaches the house', () => {
  const params = 'x'.repeat(MAX_CLIENT_MESSAGE_BYTES);
  say(JSON.stringify({ type: 'call', id: 7, command: 'migration.submit', params }));
  expect(sessions).toEqual([]);
  expect(JSON.parse(contents.sent[0]?.[1] ?? '')).toMatchObject({
    type: 'refusal',
    id: 7,
    failure: { code: 'too-large', message: 'One request may hold 32 MiB at most.' },
  });
});

test.each([
  ['a reload', () => contents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false })],
  ['a crash of the page', () => contents.emit('render-process-gone')],
  ['the end of the window', () => contents.emit('destroyed')],
])('%s closes the session; the next message opens a new one', (_name, happen) => {
  say('{"type":"subscribe"}');
  happen();
  expect(sessions[0]?.closed).toBe(true);
  say('{"type":"subscribe"}');
  expect(sessions).toHaveLength(2);
});

test('moving about inside the page keeps the session', () => {
  say('{"type":"subscribe"}');
  contents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: true });
  contents.emit('did-start-navigation', { isMainFrame: false, isSameDocument: false });
  expect(sessions[0]?.closed).toBe(false);
});

test('closing tells the page why, and a late answer to a page that is gone harms nobody', () => {
  say('{"type":"subscribe"}');
  channel.close('Transship is closing.');
  expect(sessions[0]?.closed).toBe(true);
  expect(contents.sent).toEqual([['transship:close', 'Transship is closing.']]);
  contents.destroyed = true;
  sessions[0]?.send({ type: 'reply', id: 1, result: {} });
  expect(contents.sent).toHaveLength(1);
});
