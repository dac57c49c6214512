/**
 * Owns checking what was typed by a command's own schema, in words of the form, and where a refusal stands. Pure.
 * Called by the forms of queues, settings and account limits.
 */
import type { z } from 'zod';
import { type Failure, failure } from '../../src-shared/model/failure.ts';

/** What is wrong, by field: "concurrency", "hours.windows.0.days"; `form` for what belongs to no field shown. */
export type Complaints = Readonly<Record<string, Failure>>;

export type Checked<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly complaints: Complaints };

/** `words`: what to say at a field, the place in a list written as `*`; a field without words has the schema's own. */
export function checkForm<Schema extends z.ZodType>(
  schema: Schema,
  typed: unknown,
  words: Readonly<Record<string, string>>,
): Checked<z.output<Schema>> {
  const parsed = schema.safeParse(typed);
  if (parsed.success) return { ok: true, value: parsed.data };
  const complaints: Record<string, Failure> = {};
  for (const { path, message } of parsed.error.issues) {
    const field = path.join('.');
    complaints[field] ??= failure('invalid-input', words[field.replaceAll(/\d+/g, '*')] ?? message);
  }
  return { ok: false, complaints };
}

/** A refusal of the house at the field it names, if `fields` has it. */
export function placeRefusal(told: Failure, fields: readonly string[]): Complaints {
  return { [told.field !== undefined && fields.includes(told.field) ? told.field : 'form']: told };
}

/** NaN when it is no whole number: every schema refuses that. */
export function wholeNumber(typed: string): number {
  const text = typed.trim().replace('−', '-');
  return /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
}

/** null when nothing was typed. */
export function numberOrNone(typed: string): number | null {
  return typed.trim() === '' ? null : wholeNumber(typed);
}
