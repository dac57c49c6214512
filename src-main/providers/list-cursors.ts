/**
 * Owns the walks that listings are in the middle of, so that the next page goes on where the last one stopped instead
 * of finding its place again. Only a shortcut: a walk that is not here any more is begun anew from the position.
 * Called by providers that list by walking (local, http).
 */
import type { ListedAsset } from '../../src-shared/model/asset.ts';

/** Walks kept open: as many migrations as one worker lists at once in practice; each holds some folder names. */
const MAX_CURSORS = 4;
/**
 * A walk holds names that it read. Another listing of the same place may come by the same position later, and would be
 * given what was there then: new files would go missing.
 */
const MAX_AGE_MS = 60_000;

/** A walk gives batches of assets, in an order that stays. */
export type Walk<Found extends ListedAsset = ListedAsset> = AsyncGenerator<readonly Found[], void, void>;

/** Begins a walk after a position (null: at the beginning). `signal` is the one of the page that is being made. */
type BeginWalk<Found extends ListedAsset> = (after: string | null, signal: () => AbortSignal) => Walk<Found>;

interface Cursor<Found extends ListedAsset> {
  readonly walk: Walk<Found>;
  signal: AbortSignal;
  keptAtMs: number;
  /** Walked but not yet given. */
  rest: readonly Found[];
}

export class ListCursors<Found extends ListedAsset = ListedAsset> {
  readonly #cursors = new Map<string, Cursor<Found>>();
  readonly #positionOf: (asset: Found) => string;

  /** The position of a page is that of its last asset: its key, where the walk goes in the order of keys. */
  constructor(positionOf: (asset: Found) => string = ({ key }) => key) {
    this.#positionOf = positionOf;
  }

  /** One page of a walk. `place` names what is listed. */
  async page(
    place: string,
    options: { readonly position: string | null; readonly limit: number; readonly signal: AbortSignal },
    begin: BeginWalk<Found>,
  ): Promise<{ readonly assets: readonly Found[]; readonly position: string | null }> {
    const { position, limit, signal } = options;
    const cursor = this.#take(place, position) ?? beginCursor(begin, position, signal);
    cursor.signal = signal;
    const assets: Found[] = [];
    for (;;) {
      signal.throwIfAborted();
      const room = limit - assets.length;
      for (const asset of cursor.rest.slice(0, room)) assets.push(asset);
      cursor.rest = cursor.rest.slice(room);
      if (cursor.rest.length > 0) break;
      const step = await cursor.walk.next();
      if (step.done === true) return { assets, position: null };
      cursor.rest = step.value;
    }
    const lastAsset = assets.at(-1);
    const last = lastAsset === undefined ? position : this.#positionOf(lastAsset);
    this.#keep(place, last, cursor);
    return { assets, position: last };
  }

  #take(place: string, position: string | null): Cursor<Found> | undefined {
    const name = cursorName(place, position);
    const cursor = this.#cursors.get(name);
    this.#cursors.delete(name);
    return cursor !== undefined && performance.now() - cursor.keptAtMs <= MAX_AGE_MS ? cursor : undefined;
  }

  #keep(place: string, position: string | null, cursor: Cursor<Found>): void {
    cursor.keptAtMs = performance.now();
    this.#cursors.set(cursorName(place, position), cursor);
    const oldest = this.#cursors.keys().next();
    if (this.#cursors.size > MAX_CURSORS && oldest.done !== true) this.#cursors.delete(oldest.value);
  }
}

function beginCursor<Found extends ListedAsset>(
  begin: BeginWalk<Found>,
  position: string | null,
  signal: AbortSignal,
): Cursor<Found> {
  const cursor: Cursor<Found> = { walk: begin(position, () => cursor.signal), signal, keptAtMs: 0, rest: [] };
  return cursor;
}

function cursorName(place: string, position: string | null): string {
  return JSON.stringify([place, position]);
}
