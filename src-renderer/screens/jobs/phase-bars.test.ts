/** Proves that the bars tell the measured lengths: one after the other, together the whole. */
import { expect, test } from 'vitest';
import { placeBars } from './phase-bars.tsx';

test('bars stand one after the other and fill the whole width', () => {
  const bars = placeBars({ open: 100, spool: 300, upload: 600 });
  expect(bars.filter((bar) => bar.ms !== null)).toEqual([
    { step: 'open', ms: 100, start: 0, part: 0.1 },
    { step: 'spool', ms: 300, start: 0.1, part: 0.3 },
    { step: 'upload', ms: 600, start: 0.4, part: 0.6 },
  ]);
});

test('steps that took no measurable time make no broken picture', () => {
  expect(placeBars({ resolve: 0 })[0]).toEqual({ step: 'resolve', ms: 0, start: 0, part: 0 });
  expect(placeBars({}).every((bar) => bar.ms === null && bar.part === 0)).toBe(true);
});
