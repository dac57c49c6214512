/** Proves that only what was typed is sent, that nothing typed means for ever, and that bounds are told at the field. */
import { expect, test } from 'vitest';
import type { HouseSettings } from '../../../src-shared/model/settings.ts';
import { isAsItWas, settingInWords, toSettingsChange } from './settings-form.ts';

const SETTINGS: HouseSettings = {
  workers: 2,
  attemptsPerWorker: 128,
  retentionDays: 7,
  maxOpenJobs: 1_000_000,
  attemptDeadlineMinutes: 360,
  spoolBudgetBytes: null,
  bandwidthCap: null,
};

test('only what was typed is sent', () => {
  expect(toSettingsChange({ workers: ' 4 ' })).toEqual({ ok: true, value: { workers: 4 } });
});

test('no number of days keeps jobs for ever, and reads as an empty field', () => {
  expect(toSettingsChange({ retentionDays: '' })).toEqual({ ok: true, value: { retentionDays: null } });
  expect(settingInWords({ ...SETTINGS, retentionDays: null }, 'retentionDays')).toBe('');
});

test('the room for the spool is typed in megabytes, and nothing leaves it to the disk', () => {
  expect(toSettingsChange({ spoolBudgetBytes: '1500' })).toEqual({
    ok: true,
    value: { spoolBudgetBytes: 1_500_000_000 },
  });
  expect(toSettingsChange({ spoolBudgetBytes: '' })).toEqual({ ok: true, value: { spoolBudgetBytes: null } });
  expect(toSettingsChange({ spoolBudgetBytes: 'much' })).toMatchObject({ ok: false });
  expect(settingInWords({ ...SETTINGS, spoolBudgetBytes: 20_000_000 }, 'spoolBudgetBytes')).toBe('20');
});

test('every other field must have a number in its bounds', () => {
  expect(toSettingsChange({ workers: '', maxOpenJobs: '10000001', retentionDays: '0' })).toMatchObject({
    ok: false,
    complaints: {
      workers: { message: 'A whole number from 1 to 32.' },
      maxOpenJobs: { message: 'A whole number from 1 to 10,000,000.' },
      retentionDays: { message: 'A whole number from 1 to 3,650, or nothing.' },
    },
  });
});

test('typing what stands there already changes nothing', () => {
  expect(isAsItWas({}, SETTINGS)).toBe(true);
  expect(isAsItWas({ workers: '2' }, SETTINGS)).toBe(true);
  expect(isAsItWas({ workers: '3' }, SETTINGS)).toBe(false);
});
