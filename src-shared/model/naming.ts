/**
 * Owns how a person says what the keys at the destination are to be: the rules, the placeholders of a template, what is
 * wrong with one. Pure. Must not make keys (src-main/engine/destination-key.ts does). Read by every room.
 */

/** keep: as they are; lower: lower-case; slug: lower-case ASCII letters, digits and dashes, the extension kept. */
export const LETTER_RULES = ['keep', 'lower', 'slug'] as const;
export type LetterRule = (typeof LETTER_RULES)[number];

/** In the order in which they are applied to the key below the source's prefix. */
export interface NamingRules {
  /** Taken off the front of keys that begin with it; others stay. */
  readonly stripPrefix: string;
  readonly letters: LetterRule;
  /** Empty: none. */
  readonly template: string;
}

export const KEEP_NAMES: NamingRules = { stripPrefix: '', letters: 'keep', template: '' };

/** `{date:…}` is written with YYYY, MM and DD, and is the day of the last change, in UTC. */
export const PLACEHOLDERS = ['{key}', '{dir}', '{name}', '{ext}', '{date:YYYY/MM/DD}'] as const;

const DATE_PLACEHOLDER = /\{date:((?:YYYY|MM|DD|[-_./])+)\}/g;
const PLAIN_PLACEHOLDER = /\{(?:key|dir|name|ext)\}/g;

/** What is wrong with the template, as a sentence; null: nothing. */
export function templateProblem(template: string): string | null {
  if (template === '') return null;
  const rest = template.replace(DATE_PLACEHOLDER, '').replace(PLAIN_PLACEHOLDER, '');
  const stray = /\{[^{}]*\}?|\}/.exec(rest)?.[0];
  if (stray !== undefined) return `There is no placeholder ${stray}. There are ${PLACEHOLDERS.join(' ')}.`;
  if (!/\{(?:key|name)\}/.test(template)) return 'Without {key} or {name} every asset would get the same key.';
  return template.endsWith('/') ? 'A key does not end in "/".' : null;
}

export function usesDate(template: string): boolean {
  return template.search(DATE_PLACEHOLDER) >= 0;
}
