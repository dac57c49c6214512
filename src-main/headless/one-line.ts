/** Owns printing a key where people read it. Pure. Used by cli-verbs.ts and plan-verb.ts. */

/** A key may hold what would end the line or steer the terminal. */
export function oneLine(text: string): string {
  return text.replace(
    /[\p{Cc}\u2028\u2029]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
