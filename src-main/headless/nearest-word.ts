/** Owns which word somebody meant who mistyped one. Pure. Used by read-typed.ts. */

/** More slips than this make it another word. */
const MOST_SLIPS = 2;

/** null: none is near enough. */
export function nearestWord(typed: string, known: readonly string[]): string | null {
  let nearest: { readonly word: string; readonly slips: number } | null = null;
  for (const word of known) {
    const slips = slipsBetween(typed, word);
    if (slips <= MOST_SLIPS && slips < word.length && slips < (nearest?.slips ?? MOST_SLIPS + 1))
      nearest = { word, slips };
  }
  return nearest?.word ?? null;
}

/** Levenshtein's distance: letters to put in, to take out or to exchange. */
function slipsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (const [at, wanted] of [...other].entries()) {
      const exchanged = (row[at] ?? 0) + (letter === wanted ? 0 : 1);
      next.push(Math.min(exchanged, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
