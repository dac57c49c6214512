/** Proves that a sweep takes the files of dead attempts and nothing else. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { spoolName } from './spool-name.ts';
import { sweepSpool } from './sweep-spool.ts';

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'transship-sweep-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('removes spool files of attempts that run no more, and counts what it freed', async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, spoolName({ jobId: 1, token: '2.1' }, 'a'.repeat(32))), 'dead!');
  writeFileSync(join(folder, spoolName({ jobId: 2, token: '3.9' }, null)), 'live');
  writeFileSync(join(folder, 'notes.txt'), 'somebody else’s');
  writeFileSync(join(folder, 'job-x-1.spool'), 'not our name');
  mkdirSync(join(folder, 'job-4-1.1.spool.d'));

  const sweep = await sweepSpool(folder, ({ jobId, token }) => jobId === 2 && token === '3.9');

  expect(sweep).toEqual({ removed: 1, freedBytes: 5, failures: [] });
  expect(readdirSync(folder).sort()).toEqual(['job-2-3.9.spool', 'job-4-1.1.spool.d', 'job-x-1.spool', 'notes.txt']);
});

test('says what it could not remove and goes on', async () => {
  const folder = makeFolder();
  mkdirSync(join(folder, 'job-1-1.1.spool'));
  writeFileSync(join(folder, 'job-2-1.1.spool'), '');
  const sweep = await sweepSpool(folder, () => false);
  expect(sweep.removed).toBe(1);
  expect(sweep.failures).toMatchObject([{ code: 'unexpected', message: expect.stringContaining('job-1-1.1.spool') }]);
});

test('a folder that is not there holds nothing', async () => {
  expect(await sweepSpool(join(makeFolder(), 'nowhere'), () => false)).toEqual({
    removed: 0,
    freedBytes: 0,
    failures: [],
  });
});
