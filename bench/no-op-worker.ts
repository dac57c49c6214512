/**
 * Owns a worker without a process: every attempt ends at once, every listing is made up. It leaves the
 * coordinator and the store as the only things measured. Must not be used by the product.
 */

import type { SpawnWorker } from '../src-main/ports.ts';
import type { AttemptReport, FromWorker } from '../src-shared/contract/worker-messages.ts';
import { failure } from '../src-shared/model/failure.ts';

const COMPLETED: AttemptReport = {
  kind: 'completed',
  result: {
    sizeBytes: 16_384,
    digests: { md5: 'd41d8cd98f00b204e9800998ecf8427e' },
    proof: 'checksum',
    headers: { contentType: 'image/jpeg' },
    sourceVersion: '"d41d8cd98f00b204e9800998ecf8427e"',
    destinationVersion: '"d41d8cd98f00b204e9800998ecf8427e"',
    spool: 'memory',
    stepMs: {},
  },
};

const FAILED: AttemptReport = {
  kind: 'failed',
  failure: failure('permission-denied', 'It is not allowed.'),
  step: 'open',
};

export type NoOpEnd = 'complete' | 'fail';

/** `assets`: how many a listing gives in all. */
export function noOpWorkers(assets: number, end: NoOpEnd): SpawnWorker {
  const report = end === 'complete' ? COMPLETED : FAILED;
  let pid = 1_000_000;
  return async () => {
    pid += 1;
    let hear: (message: FromWorker) => void = () => {};
    const beat = setInterval(() => hear({ type: 'heartbeat' }), 500);
    let ended: (how: { code: number | null; signal: string | null }) => void = () => {};
    const leave = (): void => {
      clearInterval(beat);
      setImmediate(() => ended({ code: 0, signal: null }));
    };
    return {
      pid,
      send(message) {
        if (message.type === 'configure') setImmediate(() => hear({ type: 'ready' }));
        if (message.type === 'shutdown') leave();
        if (message.type === 'attempts') {
          const items = message.orders.map(({ token }) => ({ token, report }));
          setImmediate(() => hear({ type: 'outcomes', items }));
        }
        if (message.type === 'list') {
          const from = Number(message.position ?? 0);
          const count = Math.min(message.limit, assets - from);
          const page = Array.from({ length: count }, (_, index) => ({
            key: `photos/2026/11/asset-${String(from + index).padStart(7, '0')}.jpg`,
            sizeBytes: 16_384,
            versionToken: '"d41d8cd98f00b204e9800998ecf8427e"',
          }));
          const position = from + count < assets ? `${from + count}` : null;
          setImmediate(() => hear({ type: 'page', requestId: message.requestId, assets: page, position }));
        }
      },
      onMessage: (listener) => {
        hear = listener;
      },
      onExit: (listener) => {
        ended = listener;
      },
      kill: leave,
    };
  };
}
