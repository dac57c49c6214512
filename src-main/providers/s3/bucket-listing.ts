/**
 * Owns a listing that goes on in several ranges of keys at once: the next page of each range is read ahead, and while
 * there are fewer ranges than requests may go side by side, one is cut in two. Every key comes once. Must not ask for
 * more than one page ahead of each range: that is the bound on its memory. Held by kept-listings.ts.
 */
import type { ListedAsset } from '../../../src-shared/model/asset.ts';
import type { ListPage } from '../provider.ts';
import { untilAborted } from '../wire/until-aborted.ts';
import { type Cut, compareKeys, cutOf, type KeyRange, sharedLength, writePosition } from './key-range.ts';

/** What the service gives after a key, in the order of keys unless it is the whole bucket. */
export interface ObjectPage {
  readonly assets: readonly ListedAsset[];
  /** There are more. */
  readonly isTruncated: boolean;
}

export interface ListingTerms {
  /** All keys begin with it. */
  readonly prefix: string;
  /** Requests side by side, and ranges. */
  readonly width: number;
  /** Reading ahead begins with a full page that took so long. */
  readonly slowPageMs: number;
  readonly fullPageAssets: number;
  readonly read: (after: string | null, limit: number, signal: AbortSignal) => Promise<ObjectPage>;
}

interface Lane {
  /** Everything up to it was handed out. */
  after: string | null;
  before: string | null;
  /** No keys were found between it and `before`, so no cut is tried there. They may have come since. */
  ceiling: string | null;
  /** Read ahead. What does not lie before `before` is another lane's. */
  page: ObjectPage | null;
  /** Stays when it failed: whoever waits for it hears of it. */
  reading: Promise<void> | null;
  isBeingCut: boolean;
  /** Characters that the keys of its last full page share; null: there was none. */
  depth: number | null;
}

export class BucketListing {
  readonly #terms: ListingTerms;
  /** In the order of their keys. */
  readonly #lanes: Lane[];
  readonly #end = new AbortController();
  readonly #cuts = new Set<Promise<void>>();
  #isSlow = false;
  #mayCut = true;

  constructor(ranges: readonly KeyRange[], terms: ListingTerms) {
    this.#terms = terms;
    this.#lanes = ranges.map(laneOf);
  }

  /** Whoever goes on with this listing saves requests. */
  get isAhead(): boolean {
    return this.#lanes.some(({ page, reading }) => page !== null || reading !== null);
  }

  /** The first page that is there, of the lowest keys. Of no use after it threw. */
  async next(limit: number, signal: AbortSignal): Promise<ListPage> {
    for (;;) {
      signal.throwIfAborted();
      const ready = this.#takeReady(limit);
      if (ready === null || this.#isSlow) this.#readAhead(limit);
      if (ready !== null && (ready.assets.length > 0 || ready.position === null)) return ready;
      if (ready !== null) continue;
      const awaited = [...this.#cuts, ...this.#lanes.flatMap(({ reading }) => reading ?? [])];
      await untilAborted(Promise.race(awaited), signal);
    }
  }

  end(): void {
    this.#end.abort(new Error('nobody waits for the rest of the listing'));
  }

  #takeReady(limit: number): ListPage | null {
    for (const lane of this.#lanes) {
      if (lane.page === null) continue;
      const { assets, isTruncated } = lane.page;
      const inside = assetsBefore(assets, lane.before);
      const taken = inside.slice(0, limit);
      lane.after = taken.at(-1)?.key ?? lane.after;
      lane.page = taken.length < inside.length ? { assets: assets.slice(taken.length), isTruncated } : null;
      const isOver = lane.page === null && (inside.length < assets.length || !isTruncated);
      if (isOver) this.#lanes.splice(this.#lanes.indexOf(lane), 1);
      return { assets: taken, position: this.#lanes.length === 0 ? null : writePosition(this.#lanes) };
    }
    return null;
  }

  #readAhead(limit: number): void {
    const width = this.#isSlow ? this.#terms.width : 1;
    let inFlight = this.#cuts.size + this.#lanes.filter(({ reading }) => reading !== null).length;
    for (const lane of this.#lanes) {
      if (inFlight >= width) return;
      if (lane.page !== null || lane.reading !== null) continue;
      this.#readOn(lane, limit);
      inFlight += 1;
    }
    for (; this.#isSlow && inFlight < width && this.#lanes.length + this.#cuts.size < width; inFlight += 1) {
      const widest = this.#mayCut ? this.#widest() : null;
      if (widest === null) return;
      this.#cut(widest.lane, widest.cut, limit);
    }
  }

  #readOn(lane: Lane, limit: number): void {
    lane.reading = this.#ask(lane.after, limit).then((page) => {
      lane.reading = null;
      lane.page = page;
      lane.depth = this.#depthOf(page) ?? lane.depth;
    });
    lane.reading.catch(() => undefined);
  }

  /** Of ranges that share as little, the last: what is still unknown lies behind it. */
  #widest(): { readonly lane: Lane; readonly cut: Cut } | null {
    let best: { readonly lane: Lane; readonly cut: Cut } | null = null;
    for (const lane of this.#lanes) {
      const front = lane.page?.assets.at(-1)?.key ?? lane.after;
      if (lane.isBeingCut || lane.depth === null || front === null) continue;
      const cut = cutOf(front, lane.ceiling, lane.depth, this.#terms.prefix);
      if (cut !== null && cut.shared <= (best?.cut.shared ?? cut.shared)) best = { lane, cut };
    }
    return best;
  }

  /** Asks for the upper part at once: its first page is no question for nothing, unless there is no key in it. */
  #cut(lane: Lane, { at }: Cut, limit: number): void {
    lane.isBeingCut = true;
    const cutting = this.#ask(at, limit)
      .then((page) => this.#part(lane, at, page))
      // The lanes go on without it, and what is wrong with the service they are told as well.
      .catch(() => {
        this.#mayCut = false;
      })
      .finally(() => {
        lane.isBeingCut = false;
        this.#cuts.delete(cutting);
      });
    this.#cuts.add(cutting);
  }

  #part(lane: Lane, at: string, page: ObjectPage): void {
    const index = this.#lanes.indexOf(lane);
    // It came to its end, or past the cut, meanwhile.
    if (index < 0 || (lane.after !== null && compareKeys(lane.after, at) >= 0)) return;
    const { before, ceiling } = lane;
    lane.ceiling = at;
    const [first] = assetsBefore(page.assets, before);
    if (first === undefined) return;
    // Not the cut: the lower range goes on to where the upper one began, whatever has come since.
    lane.before = first.key;
    const upper = { ...laneOf({ after: at, before }), ceiling, page, depth: this.#depthOf(page) };
    this.#lanes.splice(index + 1, 0, upper);
  }

  async #ask(after: string | null, limit: number): Promise<ObjectPage> {
    const { read, slowPageMs, fullPageAssets } = this.#terms;
    const sinceMs = performance.now();
    const page = await read(after, limit, this.#end.signal);
    const isFull = page.isTruncated && page.assets.length >= fullPageAssets;
    if (isFull && performance.now() - sinceMs >= slowPageMs) this.#isSlow = true;
    return page;
  }

  #depthOf({ assets, isTruncated }: ObjectPage): number | null {
    const [first, last] = [assets[0], assets.at(-1)];
    if (!isTruncated || assets.length < this.#terms.fullPageAssets || !first || !last) return null;
    return sharedLength([...first.key], [...last.key]);
  }
}

function laneOf({ after, before }: KeyRange): Lane {
  return { after, before, ceiling: before, page: null, reading: null, isBeingCut: false, depth: null };
}

function assetsBefore(assets: readonly ListedAsset[], before: string | null): readonly ListedAsset[] {
  const last = assets.at(-1);
  if (before === null || last === undefined || compareKeys(last.key, before) < 0) return assets;
  return assets.slice(
    0,
    assets.findIndex(({ key }) => compareKeys(key, before) >= 0),
  );
}
