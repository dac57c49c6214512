/**
 * Owns comparing how assets are served at their old and their new address: which of them are asked, how many at once,
 * what each comparison says. Must not print. Runs in the process of the command line, never in the house.
 */
import { type Failure, toFailure } from '../../src-shared/model/failure.ts';
import { resolveBySystem } from '../providers/http/guarded-lookup.ts';
import { HttpClient } from '../providers/http/http-client.ts';
import { askHead } from './ask-head.ts';
import { type Difference, differencesBetween, type ServedFacts } from './served-facts.ts';

/** A server that keeps silent for so long has no answer. */
const ANSWER_MS = 30_000;

export interface ProbedAsset {
  readonly sourceKey: string;
  readonly oldUrl: string;
  readonly newUrl: string;
}

export interface ProbeRow extends ProbedAsset {
  /** `unanswered`: one of the two could not be asked, so nothing was compared. */
  readonly verdict: 'alike' | 'different' | 'unanswered';
  readonly differences: readonly Difference[];
  readonly old: ServedFacts | null;
  readonly new: ServedFacts | null;
  readonly failure: Failure | null;
}

export interface ProbeOptions {
  /** Assets that are asked for at the same time; both addresses of each. */
  readonly concurrency: number;
  /** Sent as a browser on such a page would. */
  readonly origin: string;
  readonly allowPrivate: boolean;
  readonly signal: AbortSignal;
}

/** Rows as they come in. Ends at once when the signal says so, by throwing its reason. */
export async function* runProbe(assets: AsyncIterable<ProbedAsset>, options: ProbeOptions): AsyncGenerator<ProbeRow> {
  const { concurrency, allowPrivate, signal } = options;
  const client = new HttpClient({ allowPrivate, signIn: null, trust: null, resolve: resolveBySystem });
  const underway = new Set<Promise<ProbeRow>>();
  const next = async (): Promise<ProbeRow> => {
    const [row, asked] = await Promise.race([...underway].map(async (promise) => [await promise, promise] as const));
    underway.delete(asked);
    signal.throwIfAborted();
    return row;
  };
  try {
    for await (const asset of assets) {
      signal.throwIfAborted();
      underway.add(probe(client, asset, options));
      if (underway.size >= concurrency) yield await next();
    }
    while (underway.size > 0) yield await next();
  } finally {
    await client.close();
    await Promise.allSettled(underway);
  }
}

async function probe(client: HttpClient, asset: ProbedAsset, { origin, signal }: ProbeOptions): Promise<ProbeRow> {
  const ask = (url: string) => askHead(client, url, origin, AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]));
  const [old, fresh] = await Promise.allSettled([ask(asset.oldUrl), ask(asset.newUrl)]);
  const facts = {
    ...asset,
    old: old.status === 'fulfilled' ? old.value : null,
    new: fresh.status === 'fulfilled' ? fresh.value : null,
  };
  if (facts.old !== null && facts.new !== null) {
    const differences = differencesBetween(facts.old, facts.new);
    return { ...facts, verdict: differences.length === 0 ? 'alike' : 'different', differences, failure: null };
  }
  const thrown = old.status === 'rejected' ? old.reason : fresh.status === 'rejected' ? fresh.reason : null;
  return { ...facts, verdict: 'unanswered', differences: [], failure: toFailure(thrown) };
}

/** So many of them, each as likely as any other, in the order they came; all of them when there are no more. */
export async function sampleOf<Item>(
  items: AsyncIterable<Item>,
  size: number,
  fraction: () => number = Math.random,
): Promise<Item[]> {
  const kept: { readonly item: Item; readonly place: number }[] = [];
  let seen = 0;
  for await (const item of items) {
    seen += 1;
    const at = seen <= size ? seen - 1 : Math.floor(fraction() * seen);
    if (at < size) kept[at] = { item, place: seen };
  }
  return kept.toSorted((one, other) => one.place - other.place).map(({ item }) => item);
}
