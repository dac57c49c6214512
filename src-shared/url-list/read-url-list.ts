/**
 * Owns how a list of addresses becomes named assets: every row is an asset or a problem with its line. Must not fetch
 * anything, open files or know a form. Used by the new-migration form and the command line.
 */
import { MAX_KEY_CHARACTERS, MAX_SELECTION_ASSETS } from '../contract/schemas.ts';
import type { NamedAsset } from '../model/migration.ts';
import { keyOfUrl, keyWithHost } from '../model/url-key.ts';
import { type LineProblem, type ListRow, listRows } from './list-rows.ts';
import { readStated } from './stated-cells.ts';

/** As many addresses as one migration may name, of ordinary length, are far smaller. */
export const MAX_URL_LIST_BYTES = 64 * 1024 * 1024;
/** A first look: the house asks a whole reader of addresses. */
const HOST = /^(?:\[[0-9a-f:.]+\]|[^\s:[\]<>^|%"{}`]+)(?::(\d{0,5}))?$/i;
/** After so many the list is not what somebody meant. */
const MAX_PROBLEMS = 1_000;

export interface UrlList {
  readonly assets: readonly NamedAsset[];
  /** The line of each asset: a failure that names asset 12 is shown at the line it was typed in. */
  readonly lines: readonly number[];
  readonly problems: readonly LineProblem[];
  /** Lines without a key whose address holds a comma: kept whole, since `w_300,h_200` is a common path. */
  readonly commaLines: number;
  /** Assets of which the list states a size or a digest. */
  readonly stated: number;
}

/** Empty lines and lines that start with `#` are passed over. Never throws. */
export function readUrlList(text: string): UrlList {
  const assets: NamedAsset[] = [];
  const lines: number[] = [];
  const problems: LineProblem[] = [];
  const firstOf = new Map<string, { readonly line: number; readonly url: string }>();
  let commaLines = 0;
  let stated = 0;
  for (const row of listRows(text.replace(/^\uFEFF/, ''))) {
    const { line } = row;
    if (problems.length === MAX_PROBLEMS) {
      problems.push({ line, message: 'Reading ends here: there are too many lines that need a look.' });
      break;
    }
    if ('message' in row) {
      problems.push(row);
      continue;
    }
    const asset = readRow(row);
    if (typeof asset === 'string') {
      problems.push({ line, message: asset });
      continue;
    }
    if (assets.length === MAX_SELECTION_ASSETS) {
      const message = `A list holds at most ${MAX_SELECTION_ASSETS} addresses; this and later lines are over.`;
      problems.push({ line, message });
      break;
    }
    const url = asset.sourceKey;
    const key = asset.destinationKey ?? keyOfUrl(url);
    const first = firstOf.get(key);
    if (first !== undefined) {
      const what = first.url === url && asset.destinationKey === undefined ? 'address' : 'destination key';
      problems.push({ line, message: `The same ${what} is in line ${first.line}; one would overwrite the other.` });
      continue;
    }
    firstOf.set(key, { line, url });
    if (asset.destinationKey === undefined && url.includes(',')) commaLines += 1;
    if (asset.sizeBytes !== undefined || asset.md5 !== undefined || asset.sha256 !== undefined) stated += 1;
    assets.push(asset);
    lines.push(line);
  }
  return { assets, lines, problems, commaLines, stated };
}

/** The asset, or what is wrong with the row. */
function readRow(row: ListRow): NamedAsset | string {
  const url = row.url.trim();
  const complaint = urlProblem(url);
  if (complaint !== null) return complaint;
  const given = row.isGoogle === true ? keyWithHost(url) : row.key;
  const destinationKey = given === undefined || given === '' ? undefined : given;
  const key = destinationKey ?? keyOfUrl(url);
  const refusal = keyProblem(key, destinationKey !== undefined && row.isGoogle !== true);
  if (refusal !== null) return refusal;
  const stated = readStated(row);
  if (typeof stated === 'string') return stated;
  return { sourceKey: url, ...(destinationKey === undefined ? {} : { destinationKey }), ...stated };
}

function urlProblem(url: string): string | null {
  if (!/^https?:\/\//i.test(url)) return 'An address begins with http:// or https://.';
  if (url.length > MAX_KEY_CHARACTERS) return `An address has at most ${MAX_KEY_CHARACTERS} characters.`;
  if (/\p{Cc}/u.test(url.replaceAll('\t', ' ')) || !url.isWellFormed()) {
    return 'An address has no control characters and no broken ones.';
  }
  if (/\s/.test(url)) return 'An address has no spaces; write a space as %20, and a TAB before a destination key.';
  if (url.includes('\\')) return 'An address has no backslash.';
  const authority = /^https?:\/\/([^/?#]*)/i.exec(url)?.[1] ?? '';
  if (authority.includes('@')) return 'An address may not carry a user name or password.';
  const port = HOST.exec(authority)?.[1];
  if (!HOST.test(authority) || Number(port ?? 0) > 65_535) {
    return 'This is not a complete address: its host cannot be read.';
  }
  return null;
}

function keyProblem(key: string, isGiven: boolean): string | null {
  if (key.length > MAX_KEY_CHARACTERS) return `A key has at most ${MAX_KEY_CHARACTERS} characters.`;
  if (!key.isWellFormed()) return 'The destination key holds half a character.';
  const advice = isGiven ? '' : ' Give it a destination key.';
  if (/[\r\n\0]/.test(key)) return `The destination key would hold a line break or NUL.${advice}`;
  if (key === '' || key.endsWith('/')) return `This names no file.${advice}`;
  return null;
}
