/** Owns finding out which worker processes a house runs, once they all do. Used by benches that weigh them. */
import type { House } from '../src-main/api/house.ts';
import type { PoolView } from '../src-shared/model/house.ts';

export function workerPids(house: House): Promise<number[]> {
  return new Promise((resolve) => {
    const session = house.openSession((message) => {
      const pool: PoolView | undefined =
        message.type === 'snapshot' ? message.state.pool : message.type === 'patch' ? message.patch.pool : undefined;
      if (pool?.state !== 'healthy') return;
      session.close();
      resolve(pool.workers.map(({ pid }) => pid));
    });
    session.receive({ type: 'subscribe' });
  });
}
