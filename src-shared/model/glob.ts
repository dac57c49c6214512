/**
 * Owns what a pattern over keys means: which are refused, which keys they match. Pure. Must not know what is done with
 * a match. Used by selection.ts, content-rules.ts and the schemas.
 */
import picomatch from 'picomatch';

/** The same on every machine: only "/" parts folders, letters count as they are, a name may begin with a dot. */
const OPTIONS = { windows: false, dot: true, nocase: false, strictBrackets: true, noextglob: true, flags: 's' };

/** Each more multiplies the time that an unlucky key takes: with three, the longest of S3 takes less than 0.1 s. */
const MAX_STARS = 3;
const ESCAPED = /\\./gs;

/** What is wrong with the pattern, as a sentence; null: nothing. */
export function globProblem(pattern: string): string | null {
  if (pattern.trim() === '') return 'A pattern may not be empty.';
  if (pattern.startsWith('!')) return 'A pattern does not begin with "!": leave assets out by a pattern of its own.';
  if (pattern.startsWith('/')) return 'A pattern does not begin with "/": it is matched below the prefix.';
  const plain = pattern.replace(ESCAPED, '');
  if (/[()]/.test(plain)) return 'Write \\( and \\) for parentheses in a pattern.';
  if ((plain.match(/\*+/g)?.length ?? 0) > MAX_STARS) return `A pattern has at most ${MAX_STARS} stars.`;
  try {
    expressionOf(pattern);
    return null;
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split(' - ');
    return `This is no pattern: ${reason}.`;
  }
}

const compiled = new Map<string, RegExp>();
/** More than any house has in use; who needs one again compiles it again. */
const MAX_COMPILED = 1_000;

/** Whether the pattern matches the whole key: `*.jpg` those of the top folder, `**` + `/*.jpg` those of all folders. */
export function matches(pattern: string, key: string): boolean {
  return expressionOf(pattern).test(withoutDotSegments(key));
}

function expressionOf(pattern: string): RegExp {
  let expression = compiled.get(pattern);
  if (expression === undefined) {
    if (compiled.size >= MAX_COMPILED) compiled.clear();
    expression = picomatch.makeRe(pattern, OPTIONS);
    compiled.set(pattern, expression);
  }
  return expression;
}

/** A key is no path: its segments "." and ".." are names like others, which picomatch would match by no star. */
function withoutDotSegments(key: string): string {
  return key.replace(/(?<=^|\/)\.{1,2}(?=\/|$)/g, '_');
}
