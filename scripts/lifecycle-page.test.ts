/** Proves that docs/job-lifecycle.md shows the states and arrows that the code has. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isOpen, JOB_ARROWS, JOB_STATES } from '../src-shared/model/job-state.ts';

const page = readFileSync(join(import.meta.dirname, '../docs/job-lifecycle.md'), 'utf8');

/** The rows of the table under a heading, cells trimmed, without its head. */
function tableUnder(heading: string): string[][] {
  const section = page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
}

test('the table of states is the code’s, in its order', () => {
  const rows = tableUnder('States').map(([state, open]) => [state, open]);
  expect(rows).toEqual(JOB_STATES.map((state) => [state, isOpen(state) ? 'yes' : 'no']));
});

test('the table of arrows is the code’s, in its order', () => {
  const rows = tableUnder('Arrows');
  expect(rows).toEqual(Object.entries(JOB_ARROWS).map(([event, { from, to }]) => [event, from.join(', '), to]));
});
