/** Owns reading the value of a flag of the command line. Pure. Used by the verbs. */
import { fail } from '../../src-shared/model/failure.ts';
import type { AfterCopyRule } from '../../src-shared/model/source-removal.ts';

type FlagValue = string | boolean | undefined;

export function text(value: FlagValue): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Of a flag that may be given more than once. */
export function lines(value: FlagValue): string[] {
  return text(value)?.split('\n') ?? [];
}

/** undefined: not given. */
export function wholeNumber(value: FlagValue, flag: string, least: number, most: number): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\d{1,9}$/.test(String(value)) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  return fail('invalid-input', `"${String(value)}" is nothing for ${flag}: a whole number from ${least} to ${most}.`);
}

/** undefined: not given. Throws FailureError when it is none of the words. */
export function oneOf<Word extends string>(words: readonly Word[], value: FlagValue, flag: string): Word | undefined {
  if (value === undefined) return undefined;
  return (
    words.find((word) => word === value) ??
    fail('invalid-input', `"${String(value)}" is nothing for ${flag}.`, { hint: `One of ${words.join(', ')}.` })
  );
}

export function afterCopyOf({ move }: Readonly<Record<string, FlagValue>>): AfterCopyRule {
  return move === true ? 'delete-source' : 'keep';
}
