/** Proves that a cap reads as it was typed, and that what is wrong is told at its field; and how lanes read. */
import { expect, test } from 'vitest';
import { commands } from '../../src-shared/contract/commands.ts';
import { CAP_WORDS, capInWords, hoursComplaints, toCap, toCapDraft } from './cap-form.ts';
import { checkForm } from './checked-form.ts';
import { laneInWords } from './lane-words.ts';

const NIGHTS = { timeZone: 'UTC', windows: [{ days: [1, 2] as const, fromMinute: 0, toMinute: 360 }] };

test.each([null, { bytesPerSecond: 1_500_000, hours: null }, { bytesPerSecond: 2_048, hours: NIGHTS }])(
  'what was not touched is sent as it was: %j',
  (cap) => {
    expect(toCap(toCapDraft(cap, 'Europe/Berlin'))).toEqual(cap);
  },
);

test('what is no figure, or too little, is told at the figure; what is wrong with its hours, at the hours', () => {
  const draft = toCapDraft({ bytesPerSecond: 5_000_000, hours: NIGHTS }, 'UTC');
  const check = (changed: Partial<typeof draft>) => {
    const checked = checkForm(
      commands['settings.update'].params,
      { bandwidthCap: toCap({ ...draft, ...changed }) },
      CAP_WORDS,
    );
    return checked.ok ? {} : checked.complaints;
  };
  expect(Object.keys(check({ megabytes: 'fast' }))).toEqual(['bandwidthCap.bytesPerSecond']);
  expect(Object.keys(check({ megabytes: '0' }))).toEqual(['bandwidthCap.bytesPerSecond']);
  expect(Object.keys(hoursComplaints(check({ hours: { ...draft.hours, timeZone: 'Mars' } })))).toEqual([
    'hours.timeZone',
  ]);
});

test('a cap and a lane read as sentences', () => {
  expect(capInWords({ bytesPerSecond: 5_000_000, hours: NIGHTS })).toBe('at most 5.0 MB/s, Mon–Tue 00:00–06:00');
  const lane = { accountId: 'media', width: 3, reason: 'it is busy', heldUntilMs: null };
  expect(laneInWords(lane, 0)).toBe('takes 3 jobs at once for now: it is busy');
  expect(laneInWords({ ...lane, heldUntilMs: 60_000 }, 0)).toMatch(
    /^is left alone until .+, then takes 3 jobs at once/,
  );
});
