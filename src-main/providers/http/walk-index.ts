/**
 * Owns the order and the walk of a tree of index pages, one page in memory for each level. Called by http-provider.ts.
 * Order as on local disk: by key, UTF-16 unit by unit, a folder sorting as its name with "/" after it; so the last key
 * is enough to go on.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import type { Walk } from '../list-cursors.ts';
import { type Address, addressText, keyAddress } from './address.ts';
import type { HttpClient } from './http-client.ts';
import type { IndexEntry } from './index-links.ts';
import { readIndex } from './read-index.ts';

/** A server whose folder contains itself (a link to its parent) would go on for ever. */
const MAX_DEPTH = 64;

export interface IndexWalkOptions {
  readonly prefix: string;
  /** Only keys after this one. */
  readonly after: string | null;
  readonly signal: () => AbortSignal;
}

interface Level {
  readonly folderKey: string;
  readonly children: readonly Child[];
  next: number;
}

/** A direct child of a folder. `below`: what links deeper than the child were found on pages above it. */
interface Child {
  /** Ends with "/" for a folder. */
  readonly name: string;
  /** null for a folder. */
  readonly asset: IndexEntry | null;
  /** The folder has a page of its own. */
  hasPage: boolean;
  readonly below: IndexEntry[];
}

/** Batches of assets below the folder whose keys begin with the prefix. */
export async function* walkIndex(client: HttpClient, folder: Address, options: IndexWalkOptions): Walk {
  const stack: Level[] = [await readLevel(client, folder, '', { hasPage: true, below: [] }, options)];
  for (let level = stack.at(-1); level !== undefined; level = stack.at(-1)) {
    const child = level.children[level.next];
    level.next += 1;
    if (child === undefined) {
      stack.pop();
      continue;
    }
    const key = level.folderKey + child.name;
    if (child.asset !== null) {
      if (matches(key, options)) yield [{ ...child.asset, key }];
    } else if (mayHold(key, options)) {
      if (stack.length >= MAX_DEPTH) {
        fail('unsupported', `${addressText(keyAddress(folder, key))} is more than ${MAX_DEPTH} folders deep.`, {
          hint: 'The server may show a folder inside itself. Choose a folder further down.',
        });
      }
      stack.push(await readLevel(client, folder, key, child, options));
    }
  }
}

async function readLevel(
  client: HttpClient,
  folder: Address,
  folderKey: string,
  child: Pick<Child, 'hasPage' | 'below'>,
  options: IndexWalkOptions,
): Promise<Level> {
  const address = folderKey === '' ? folder : keyAddress(folder, folderKey);
  const page = child.hasPage ? await readIndex(client, address, options.signal()) : [];
  return { folderKey, children: childrenOf([...page, ...child.below]), next: 0 };
}

/** Sorted, each name once. A link that goes deeper waits in its first folder until the walk comes there. */
export function childrenOf(entries: readonly IndexEntry[]): readonly Child[] {
  const children = new Map<string, Child>();
  for (const entry of entries) {
    const slash = entry.key.indexOf('/');
    const name = slash < 0 ? entry.key : entry.key.slice(0, slash + 1);
    const rest = entry.key.slice(name.length);
    const known = children.get(name);
    const child: Child = known ?? { name, asset: slash < 0 ? entry : null, hasPage: false, below: [] };
    if (known === undefined) children.set(name, child);
    if (slash >= 0 && rest === '') child.hasPage = true;
    if (rest !== '') child.below.push({ ...entry, key: rest });
  }
  return [...children.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function matches(key: string, { prefix, after }: IndexWalkOptions): boolean {
  return key.startsWith(prefix) && (after === null || key > after);
}

/** Whether keys below the folder can match. */
function mayHold(folderKey: string, { prefix, after }: IndexWalkOptions): boolean {
  const inPrefix = folderKey.startsWith(prefix) || prefix.startsWith(folderKey);
  return inPrefix && (after === null || folderKey > after || after.startsWith(folderKey));
}
