/**
 * Owns what a destination was seen not to hold: one listing from a key on answers for the keys behind it, in place of a
 * look at each. An answer is some seconds old, so it must not be asked where what appears meanwhile would be harmed. One
 * for each worker; asked by resolve-destination.ts.
 */
import type { WorkerEnd } from '../../src-shared/contract/worker-messages.ts';
import type { KeyPage, Provider } from '../providers/provider.ts';
import { type Watch, watchCall } from './watch-call.ts';

/** An answer is believed for so long. */
const FRESH_MS = 10_000;
/** A listing costs about as much as so many looks: after one that saved fewer, so many keys are looked at. */
const WORTH_LOOKS = 16;
/** After a listing that failed. Why it failed is no matter: a look says what is there. */
const REST_LOOKS = 1_000;

export interface AbsenceSurvey {
  /** False: it is there, or nobody knows; then a look tells. Rejects with the reason of an abort. */
  isAbsent(destination: Provider, end: WorkerEnd, watch: Watch): Promise<boolean>;
}

interface Place {
  /** Of the last listing; null: there is none to go by. */
  seen: Seen | null;
  asking: Promise<void> | null;
  /** So many questions are not answered, before it is worth another listing. */
  restLooks: number;
}

/** Every key that is there behind `after`, up to `until`; null: to the end. */
interface Seen {
  readonly after: string;
  readonly until: string | null;
  readonly keys: ReadonlySet<string>;
  readonly atMs: number;
  answers: number;
}

/** `now` is a monotonic clock in milliseconds. */
export function createAbsenceSurvey(now: () => number = () => performance.now()): AbsenceSurvey {
  const places = new Map<string, Place>();

  function placeOf({ accountKey, container }: WorkerEnd): Place {
    const name = `${accountKey} ${container}`;
    const place = places.get(name) ?? { seen: null, asking: null, restLooks: 0 };
    places.set(name, place);
    return place;
  }

  async function ask(place: Place, page: Promise<KeyPage>, after: string, atMs: number): Promise<void> {
    try {
      const { keys, isEnd } = await page;
      if (!isAscending([after, ...keys])) throw new Error('the keys do not come in their order');
      place.seen = { after, until: isEnd ? null : (keys.at(-1) ?? after), keys: new Set(keys), atMs, answers: 0 };
    } catch {
      place.restLooks = REST_LOOKS;
    } finally {
      place.asking = null;
    }
  }

  /** Whether another listing, from this key on, is worth it. */
  function isWorthAsking(place: Place, key: string): boolean {
    const { seen } = place;
    if (place.restLooks > 0) {
      place.restLooks -= 1;
      return false;
    }
    if (seen === null) return true;
    // Who comes late is looked at, or two who are far apart would take turns in listing.
    if (isFresh(seen) && !isBefore(seen.after, key)) return false;
    place.seen = null;
    if (seen.answers < WORTH_LOOKS) place.restLooks = WORTH_LOOKS;
    return place.restLooks === 0;
  }

  function isFresh({ atMs }: Seen): boolean {
    return now() - atMs < FRESH_MS;
  }

  function covers(seen: Seen, key: string): boolean {
    return isFresh(seen) && isBefore(seen.after, key) && (seen.until === null || !isBefore(seen.until, key));
  }

  return {
    async isAbsent(destination, end, watch) {
      if (destination.keysAfter === undefined) return false;
      const { container, key } = end;
      const place = placeOf(end);
      if (place.asking === null && (place.seen === null || !covers(place.seen, key)) && isWorthAsking(place, key)) {
        // All but the last character: what is listed behind it begins with the key itself, or a few of its like.
        const after = Array.from(key).slice(0, -1).join('');
        // Others wait for it as well, so it does not end with the attempt that asked.
        const page = destination.keysAfter(container, after, AbortSignal.timeout(watch.patience.answerMs));
        place.asking = ask(place, page, after, now());
      }
      const { asking } = place;
      if (asking !== null) await watchCall(watch, 'The destination', () => asking);
      if (place.seen === null || !covers(place.seen, key)) return false;
      place.seen.answers += 1;
      return !place.seen.keys.has(key);
    },
  };
}

function isAscending(keys: readonly string[]): boolean {
  return keys.every((key, index) => index === 0 || isBefore(keys[index - 1] ?? '', key));
}

/** By the bytes of their UTF-8, as services order keys. */
function isBefore(key: string, other: string): boolean {
  return Buffer.compare(Buffer.from(key), Buffer.from(other)) < 0;
}
