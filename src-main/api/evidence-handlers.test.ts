/** Proves that evidence is saved whole or not at all, read from the real database, and given out by a link once. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readReport } from '../../src-shared/report/read-report.ts';
import { COMPLETED, failed } from '../engine/fake-workers.ts';
import { createEvidenceLinks } from './evidence-links.ts';
import { type HouseUnderTest, openHouseUnderTest } from './house-under-test.ts';

let under: HouseUnderTest;
beforeEach(async () => {
  under = await openHouseUnderTest();
});
afterEach(() => under.close());

async function migrationWithFailures(): Promise<number> {
  const migrationId = await under.submit(['a', '=b', 'c']);
  under.test.workers.end(COMPLETED, 'a');
  under.test.workers.end(failed('not-found'), '=b');
  under.test.workers.end(failed('permission-denied'), 'c');
  await under.test.clock.settle();
  return migrationId;
}

it('a report of what failed is a new migration of that and nothing else', async () => {
  const migrationId = await migrationWithFailures();
  const saved = await under.do('evidence.save', { kind: 'report', migrationId, choice: 'failed' });
  if (saved.kind !== 'saved') throw new Error('It was not saved.');
  const { request, passedOver } = readReport(readFileSync(saved.path), new TextDecoder('utf-8', { fatal: true }));
  expect(passedOver).toBe(0);
  const again = await under.do('migration.submit', request as never);
  await under.test.clock.settle();
  const keys = under.test.workers.orders().map(({ order }) => order.source.key);
  expect(keys.toSorted()).toEqual(['=b', 'c']);
  const [first, second] = [await view(migrationId), await view(again.migrationId)];
  expect([second.source, second.destination, second.policies]).toEqual([
    first.source,
    first.destination,
    first.policies,
  ]);
});

const view = (migrationId: number) => under.do('migration.get', { migrationId });

it('a map that cannot be whole leaves no file behind', async () => {
  const migrationId = await under.submit(['a/../b']);
  under.test.workers.end(COMPLETED, 'a/../b');
  await under.test.clock.settle();
  const order = {
    kind: 'url-map',
    migrationId,
    format: 'vercel',
    oldBase: { url: 'https://old.example' },
    newBase: { url: 'https://new.example' },
  } as const;
  await expect(under.do('evidence.save', order)).rejects.toMatchObject({ failure: { code: 'unsupported' } });
  const saved = await under.do('evidence.save', { ...order, format: 'csv' });
  if (saved.kind !== 'saved') throw new Error('It was not saved.');
  expect(existsSync(join(dirname(saved.path), 'vercel.json'))).toBe(false);
  expect(existsSync(`${join(dirname(saved.path), 'vercel.json')}.part`)).toBe(false);
  expect(existsSync(saved.path)).toBe(true);
});

it('what is not there, or asked for wrongly, is refused at its field', async () => {
  const migrationId = await migrationWithFailures();
  const refused = (order: object) => under.do('evidence.preview', order as never).catch((error: unknown) => error);
  expect(await refused({ kind: 'report', migrationId: 99 })).toMatchObject({ failure: { code: 'not-found' } });
  expect(await refused({ kind: 'report', migrationId, format: 'xlsx' })).toMatchObject({
    failure: { field: 'format' },
  });
  expect(await refused({ kind: 'url-map', migrationId, newBase: { url: 'https://new.example' } })).toMatchObject({
    failure: { field: 'oldBase.url' },
  });
});

it('a link is good once and for a minute', () => {
  const { clock } = under.test;
  const links = createEvidenceLinks(clock);
  const file = { fileName: 'x', mediaType: 'x', jobs: 0, remarks: [], chunks: async function* () {} };
  const link = links.add(file);
  expect(link).toMatch(/^[\w-]{43}$/);
  expect(links.take(link)).toBe(file);
  expect(links.take(link)).toBeNull();
  expect(links.take('')).toBeNull();
});

it('a link that is too old opens nothing', async () => {
  const links = createEvidenceLinks(under.test.clock);
  const link = links.add({ fileName: 'x', mediaType: 'x', jobs: 0, remarks: [], chunks: async function* () {} });
  await under.test.clock.advance(60_001);
  expect(links.take(link)).toBeNull();
});

it('a folder that cannot be written to is said in a sentence', async () => {
  const migrationId = await migrationWithFailures();
  const gone = mkdtempSync(join(tmpdir(), 'transship-gone-'));
  rmSync(gone, { recursive: true });
  under.chosenFile = () => join(gone, 'report.csv');
  await expect(under.do('evidence.save', { kind: 'report', migrationId })).rejects.toMatchObject({
    failure: { code: 'permission-denied', message: expect.stringContaining('could not be written') },
  });
  under.chosenFile = () => null;
  expect(await under.do('evidence.save', { kind: 'report', migrationId })).toEqual({ kind: 'closed' });
});
