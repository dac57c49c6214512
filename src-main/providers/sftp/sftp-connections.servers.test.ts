/**
 * Owns the proof, on a real OpenSSH behind a line that can fail, that every way of signing in works, that a peer that
 * fell silent is noticed, and that connections are few, shared and closed. Run by `npm run test:servers`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  bufferBody,
  bytesOf,
  codeOf,
  NEVER_ABORTED,
  pieces,
  streamBody,
  writeOptions,
} from '../conformance/fixture.ts';
import type { Provider } from '../provider.ts';
import {
  clientKeyFile,
  leftovers,
  makeFolder,
  serverAddress,
  withAgent,
  withKey,
  withPassword,
} from './server-under-test.ts';

let place = '';
beforeAll(async () => {
  if (serverAddress !== undefined) place = await makeFolder('connections');
});

describe.skipIf(serverAddress === undefined)(
  'ways of signing in on the server that TRANSSHIP_TEST_SFTP_HOST names',
  () => {
    let folder = '';
    beforeAll(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'transship-sign-in-'));
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    async function expectIn(provider: Provider): Promise<void> {
      expect(await provider.check(place, '', 'source', NEVER_ABORTED)).toMatchObject({ ok: true, failure: null });
      await provider.close();
    }

    test('a key that a passphrase opens', async () => {
      const locked = path.join(folder, 'locked');
      cpSync(clientKeyFile, locked);
      execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'open sesame', '-f', locked]);
      await expectIn(withKey({ privateKey: readFileSync(locked, 'utf8'), passphrase: 'open sesame' }));
    });

    test('a key that the server does not know', async () => {
      const strange = path.join(folder, 'strange');
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', strange]);
      const provider = withKey({ privateKey: readFileSync(strange, 'utf8') });
      const { failure, steps } = await provider.check(place, '', 'source', NEVER_ABORTED);
      expect(failure).toMatchObject({ code: 'auth-expired', field: 'secrets.privateKey' });
      expect(steps.at(-1)?.name).toBe('sign in');
      await provider.close();
    });

    test('the agent', async () => {
      const socket = path.join(folder, 'agent');
      const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
      try {
        await once(agent.stdout, 'data');
        vi.stubEnv('SSH_AUTH_SOCK', socket);
        execFileSync('ssh-add', ['-q', clientKeyFile]);
        await expectIn(withAgent());
      } finally {
        vi.unstubAllEnvs();
        agent.kill();
      }
    });
  },
);

describe.skipIf(serverAddress === undefined)(
  'a line that fails on the server that TRANSSHIP_TEST_SFTP_HOST names',
  () => {
    const near = new Set<Socket>();
    const frozen = new Set<Socket>();
    const line = createServer((socket) => {
      const far = connect(serverAddress ?? { port: 0 });
      near.add(socket);
      for (const [from, to] of [
        [socket, far],
        [far, socket],
      ] as const) {
        from.on('data', (data) => frozen.has(socket) || to.write(data));
        from.on('close', () => to.destroy());
        // A line that is cut is what these tests are about.
        from.on('error', () => to.destroy());
      }
      socket.on('close', () => near.delete(socket));
    });
    let provider: Provider;
    beforeAll(async () => {
      line.listen(0, '127.0.0.1');
      await once(line, 'listening');
      const address = line.address();
      provider = withPassword({ port: String(typeof address === 'object' ? address?.port : '') });
    });
    afterAll(async () => {
      await provider.close();
      line.close();
    });

    const bytes = bytesOf(3_000_000);
    /** Does something when half of it went. */
    const interrupted = (deed: () => void) =>
      streamBody(bytes, async function* (range) {
        let count = 0;
        for await (const piece of pieces(bytes, range)) {
          if (count < 1_500_000 && count + piece.byteLength >= 1_500_000) deed();
          count += piece.byteLength;
          yield piece;
        }
      });

    test('many at once share a few connections, which close when they are idle', async () => {
      const writes = Array.from({ length: 30 }, (_, at) =>
        provider.write(place, `shared/${at}`, bufferBody(bytesOf(1_000)), writeOptions({ token: `shared-${at}` })),
      );
      await Promise.all(writes);
      expect(near.size).toBeGreaterThan(1);
      expect(near.size).toBeLessThanOrEqual(4);
      await vi.waitUntil(() => near.size === 0, { timeout: 20_000 });
    });

    test('a cut fails the write, leaves nothing, and the next one goes through', async () => {
      const cut = () => {
        for (const socket of near) socket.destroy();
      };
      expect(await codeOf(provider.write(place, 'cut', interrupted(cut), writeOptions()))).toBe('network');
      expect(await leftovers()).toEqual([]);
      await provider.write(place, 'cut', bufferBody(bytes), writeOptions());
    });

    test('silence in the middle of a write is noticed', async () => {
      const freeze = () => {
        for (const socket of near) frozen.add(socket);
      };
      const startedAtMs = performance.now();
      expect(await codeOf(provider.write(place, 'silent', interrupted(freeze), writeOptions()))).toBe('network');
      expect(performance.now() - startedAtMs).toBeLessThan(70_000);
      expect(await leftovers()).toEqual([]);
      await provider.close();
      await vi.waitUntil(() => near.size === 0, 15_000);
    });
  },
);
