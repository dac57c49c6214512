/**
 * Owns how a pasted list of addresses becomes named assets. Must not fetch anything or know about the form.
 * Called by the new-migration form on every change of the text.
 */
import { MAX_KEY_CHARACTERS, MAX_SELECTION_ASSETS } from '../../../src-shared/contract/schemas.ts';
import type { NamedAsset } from '../../../src-shared/model/migration.ts';

export interface LineProblem {
  /** Counted from 1, as an editor counts. */
  readonly line: number;
  readonly message: string;
}

export interface UrlList {
  readonly assets: readonly NamedAsset[];
  /** The line of each asset: a failure that names asset 12 is shown at the line it was typed in. */
  readonly lines: readonly number[];
  readonly problems: readonly LineProblem[];
  /** Lines without a key whose address holds a comma: kept whole, since `w_300,h_200` is a common path. */
  readonly commaLines: number;
}

/**
 * One address a line, and optionally a TAB, or a comma with a space after it, and the destination key. A bare comma
 * stays part of the address: image services use it in paths, and cutting there would fetch something else without a
 * word. White space at both ends of a line, empty lines and lines that start with `#` are passed over. Never throws; a
 * line is an asset or a problem.
 */
export function parseUrlList(text: string): UrlList {
  const assets: NamedAsset[] = [];
  const lines: number[] = [];
  const problems: LineProblem[] = [];
  const firstLineOf = new Map<string, number>();
  let commaLines = 0;
  let line = 0;
  for (const raw of text.split(/\r\n|\n|\r/)) {
    line += 1;
    const content = raw.trim();
    if (content === '' || content.startsWith('#')) continue;
    const { address, destinationKey } = splitLine(content);
    const complaint = addressProblem(address) ?? keyProblem(destinationKey);
    if (complaint !== null) {
      problems.push({ line, message: complaint });
      continue;
    }
    if (assets.length === MAX_SELECTION_ASSETS) {
      problems.push({
        line,
        message: `A list holds at most ${MAX_SELECTION_ASSETS} addresses; this and later lines are over.`,
      });
      break;
    }
    const target = destinationKey === null ? `address ${address}` : `key ${destinationKey}`;
    const earlier = firstLineOf.get(target);
    if (earlier !== undefined) {
      const what = destinationKey === null ? 'The same address' : 'The same destination key';
      problems.push({ line, message: `${what} is in line ${earlier}; one would overwrite the other.` });
      continue;
    }
    firstLineOf.set(target, line);
    if (destinationKey === null && address.includes(',')) commaLines += 1;
    assets.push(destinationKey === null ? { sourceKey: address } : { sourceKey: address, destinationKey });
    lines.push(line);
  }
  return { assets, lines, problems, commaLines };
}

function splitLine(content: string): { readonly address: string; readonly destinationKey: string | null } {
  const separator = content.includes('\t') ? /\t+/ : /,\s+/;
  const cut = separator.exec(content);
  if (cut === null) return { address: content, destinationKey: null };
  return { address: content.slice(0, cut.index).trim(), destinationKey: content.slice(cut.index + cut[0].length) };
}

function addressProblem(address: string): string | null {
  if (!/^https?:\/\//i.test(address)) return 'An address begins with http:// or https://.';
  if (address.length > MAX_KEY_CHARACTERS) return `An address has at most ${MAX_KEY_CHARACTERS} characters.`;
  if (/\s/.test(address)) return 'An address has no spaces; write a space as %20, and a TAB before a destination key.';
  if (!URL.canParse(address)) return 'This is not a complete address.';
  const { username, password } = new URL(address);
  if (username !== '' || password !== '') return 'An address may not carry a user name or password.';
  return null;
}

function keyProblem(destinationKey: string | null): string | null {
  if (destinationKey === null) return null;
  if (destinationKey.includes('\t')) return 'More than two columns: only an address and a destination key are read.';
  if (destinationKey.length > MAX_KEY_CHARACTERS) return `A key has at most ${MAX_KEY_CHARACTERS} characters.`;
  return null;
}
