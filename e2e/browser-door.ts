/**
 * Owns the app as a headless server with its page in a browser. Must not know what the page shows. Used by fixtures.ts.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser } from '@playwright/test';
import { WebSocket } from 'ws';
import type { ClientMessage, ServerMessage } from '../src-shared/contract/channel.ts';
import type { CommandName, Params, Result } from '../src-shared/contract/commands.ts';
import type { Door } from './running-app.ts';

const entry = join(import.meta.dirname, '../out/main/headless.js');

export const browserDoor =
  (browser: Browser): Door =>
  async (profile, watch) => {
    const child = spawn(process.execPath, [entry, '--profile', profile, '--port', '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exit = once(child, 'exit') as Promise<[number | null]>;
    const context = await browser.newContext({ viewport: { width: 1280, height: 820 } });
    const page = await context.newPage();
    watch(page);
    try {
      await page.goto(await readAddress(child.stdout, exit));
    } catch (error) {
      // Nobody else would end it.
      child.kill('SIGKILL');
      throw error;
    }
    const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
      child.kill(signal);
      const [code] = await exit;
      await context.close();
      return code;
    };
    return {
      page,
      electron: null,
      async call<Name extends CommandName>(command: Name, params: Params<Name>) {
        const answer = await exchange(profile, { type: 'call', id: 1, command, params });
        if (answer.type !== 'reply') throw new Error(answer.type === 'refusal' ? answer.failure.message : answer.type);
        return answer.result as Result<Name>;
      },
      async state() {
        const answer = await exchange(profile, { type: 'subscribe' });
        if (answer.type !== 'snapshot') throw new Error(`expected a snapshot, got a ${answer.type}`);
        return answer.state;
      },
      kill: async () => void (await end('SIGKILL')),
      quit: () => end('SIGTERM'),
    };
  };

/** The one line that the server prints: its address with a code that opens it once. */
async function readAddress(stdout: NodeJS.ReadableStream, exit: Promise<[number | null]>): Promise<string> {
  const printed = (async () => {
    for await (const line of createInterface({ input: stdout })) {
      const address = /http:\/\/127\.0\.0\.1:\d+\/#code=\S+/.exec(line)?.[0];
      if (address !== undefined) return address;
    }
    throw new Error('The headless door printed no address.');
  })();
  const ended = exit.then(([code]) => {
    throw new Error(`The headless door ended with ${code} before it printed an address.`);
  });
  return Promise.race([printed, ended]);
}

/** Opens a socket of its own, with the token that the server keeps for programs, and waits for the first answer. */
async function exchange(profile: string, message: ClientMessage): Promise<ServerMessage> {
  const door = JSON.parse(readFileSync(join(profile, 'door.json'), 'utf8')) as { address: string; token: string };
  const base = new URL(door.address);
  const response = await fetch(new URL('/api/ticket', base), {
    method: 'POST',
    // Seconds pass between two of these: the server may give up a kept connection just when the next one wants it.
    headers: { Authorization: `Bearer ${door.token}`, 'Content-Type': 'application/json', Connection: 'close' },
    body: '{}',
  });
  const { ticket } = (await response.json()) as { ticket: string };
  const socket = new WebSocket(`ws://${base.host}/ws`, ['transship', `ticket.${ticket}`]);
  try {
    await once(socket, 'open');
    const answer = new Promise<ServerMessage>((resolve, reject) => {
      socket.on('close', (code) => reject(new Error(`The socket closed with ${code}.`)));
      socket.on('message', (data) => resolve(JSON.parse(String(data)) as ServerMessage));
    });
    socket.send(JSON.stringify(message));
    return await answer;
  } finally {
    socket.close();
  }
}
