/** Proves that only whole numbers are read as numbers, and that each complaint stands at its field. */
import { describe, expect, test } from 'vitest';
import { commands } from '../../src-shared/contract/commands.ts';
import { failure } from '../../src-shared/model/failure.ts';
import { checkForm, numberOrNone, placeRefusal, wholeNumber } from './checked-form.ts';

describe('numbers', () => {
  test.each([
    ['1', 1],
    [' 256 ', 256],
    ['012', 12],
    ['-5', -5],
    ['−5', -5],
  ])('%j is %j', (typed, expected) => expect(wholeNumber(typed)).toBe(expected));

  test.each(['', '1.5', '1e2', 'ten', '--1'])('%j is none', (typed) => expect(wholeNumber(typed)).toBeNaN());

  test('an empty field is no number, a bad one is still refused', () => {
    expect(numberOrNone(' ')).toBeNull();
    expect(numberOrNone('1e2')).toBeNaN();
  });
});

describe('a form', () => {
  const check = (typed: unknown) =>
    checkForm(commands['queue.create'].params, typed, { concurrency: 'From 1 to 256.' });

  test('that the schema accepts gives what to send', () => {
    expect(check({ queue: 'video', concurrency: 4 })).toEqual({ ok: true, value: { queue: 'video', concurrency: 4 } });
  });

  test('says every complaint at once, in its own words where it has some', () => {
    expect(check({ queue: 'Video!', concurrency: Number.NaN })).toMatchObject({
      ok: false,
      complaints: {
        queue: { message: 'Lower-case letters, digits and hyphens.' },
        concurrency: { message: 'From 1 to 256.' },
      },
    });
  });

  test('shows a refusal at the field it names, or above the form when it has no such field', () => {
    const told = failure('already-exists', 'There is one.', { field: 'queue' });
    expect(placeRefusal(told, ['queue'])).toEqual({ queue: told });
    expect(placeRefusal(told, ['concurrency'])).toEqual({ form: told });
  });
});
