/**
 * Owns reading sizes, moments, header rules and tags as people write them. Pure. Must not judge what they are for. Used by the
 * command line and the forms.
 */
import type { HeaderRule } from './content-rules.ts';
import type { Tag } from './tags.ts';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** "500", "1.5 MB", "64KiB", in whole bytes; NaN when it is no size. */
export function readSize(written: string): number {
  const [, figure = '', unit = ''] = /^(\d{1,15}(?:\.\d{1,6})?) ?([a-z]*)$/.exec(written.trim().toLowerCase()) ?? [];
  return figure === '' ? Number.NaN : Math.round(Number(figure) * (UNITS[unit] ?? Number.NaN));
}

/** "2024-05-31", which begins at midnight UTC, or "2024-05-31T12:00Z"; NaN when it is no moment. */
export function readMoment(written: string): number {
  const text = written.trim();
  return /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN;
}

/** "PATTERN = VALUE"; what is missing is empty. */
export function readHeaderRule(written: string): HeaderRule {
  const [glob, value] = halves(written);
  return { glob, value };
}

/** "NAME = VALUE"; what is missing is empty. */
export function readTag(written: string): Tag {
  const [name, value] = halves(written);
  return { name, value };
}

function halves(written: string): readonly [before: string, after: string] {
  const at = written.indexOf('=');
  return at < 0 ? [written.trim(), ''] : [written.slice(0, at).trim(), written.slice(at + 1).trim()];
}
