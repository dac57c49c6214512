/**
 * Owns how many attempts an account takes at once after it was told to slow down: cut at once, held for as long as was
 * asked, then widened by one as long as that moves more. Pure: monotonic milliseconds come as values. Must not know
 * accounts or jobs. Called by account-lanes.ts.
 */

export interface LanePace {
  /** Infinity: held without a cut. */
  readonly width: number;
  readonly heldUntilMs: number;
  readonly reason: string;
  readonly slowedAtMs: number;
  /** So many were in flight when it was last cut. */
  readonly brokeAtWidth: number;
  /** The last raise, until it has shown what it is worth. */
  readonly trial: { readonly fromWidth: number; readonly before: Rate } | null;
  /** No raise before. */
  readonly raiseAtMs: number;
  readonly window: Window;
}

interface Window {
  readonly sinceMs: number;
  readonly bytes: number;
  readonly objects: number;
}

interface Rate {
  readonly bytesPerMs: number;
  readonly objectsPerMs: number;
}

export interface Slowdown {
  /** Attempts in flight, the one that was told among them. */
  readonly running: number;
  /** When that one began: what began before the last cut says nothing about the lane as it is now. */
  readonly startedAtMs: number;
  /** Nothing starts for so long. */
  readonly waitMs: number;
  readonly reason: string;
  /** False: it only has to wait. */
  readonly isCut: boolean;
}

/** rclone's and AzCopy's pacers go back to about this; half would throw away more than a busy service asks for. */
const CUT_TO = 0.65;
/** Short enough to grow within a minute, long enough to hold several answers. */
const WINDOW_MS = 2_000;
/** Where answers are rare, a window is closed after this all the same. */
const LONG_WINDOW_MS = 10_000;
/** Of what a lane that is one wider would move at best, a raise must bring this much to be kept. */
const WORTH = 0.2;
/** After a raise that brought nothing. */
const REST_MS = 30_000;
/** Where it broke before, it goes by small steps. */
const CARE_MS = 20_000;
/** Not told anything for so long, it takes what the queues allow again. */
const FORGET_MS = 15 * 60_000;

/** `before` null: the account went as fast as the queues allowed. */
export function slowLane(before: LanePace | null, told: Slowdown, nowMs: number): LanePace {
  const heldUntilMs = Math.max(before?.heldUntilMs ?? 0, nowMs + told.waitMs);
  const width = before?.width ?? Number.POSITIVE_INFINITY;
  const isCut =
    told.isCut && (before === null || width === Number.POSITIVE_INFINITY || told.startedAtMs >= before.slowedAtMs);
  if (!isCut && before !== null) return { ...before, heldUntilMs };
  const flight = Math.min(width, told.running);
  return {
    width: isCut ? Math.max(1, Math.floor(flight * CUT_TO)) : width,
    heldUntilMs,
    reason: told.reason,
    slowedAtMs: nowMs,
    brokeAtWidth: flight,
    trial: null,
    raiseAtMs: heldUntilMs,
    window: { sinceMs: heldUntilMs, bytes: 0, objects: 0 },
  };
}

/** What moves while the lane is held began before it was cut, and would flatter it. */
export function countMoved(lane: LanePace, bytes: number, objects: number, nowMs: number): LanePace {
  const { window } = lane;
  if (nowMs < window.sinceMs) return lane;
  return { ...lane, window: { ...window, bytes: window.bytes + bytes, objects: window.objects + objects } };
}

/** How it goes on from here, with `running` attempts in flight; null: nothing holds it any more. */
export function widenLane(lane: LanePace, running: number, nowMs: number): LanePace | null {
  if (nowMs < lane.heldUntilMs) return lane;
  if (lane.width === Number.POSITIVE_INFINITY) return null;
  if (nowMs - Math.max(lane.slowedAtMs, lane.heldUntilMs) >= FORGET_MS) return null;
  const { window, width, trial } = lane;
  const elapsedMs = nowMs - window.sinceMs;
  const isTelling = window.objects >= 2 * width || elapsedMs >= LONG_WINDOW_MS;
  if (elapsedMs < WINDOW_MS || !isTelling) return lane;
  const next = { ...lane, window: { sinceMs: nowMs, bytes: 0, objects: 0 } };
  // What nobody uses shows nothing.
  if (running < width) return next;
  const rate = { bytesPerMs: window.bytes / elapsedMs, objectsPerMs: window.objects / elapsedMs };
  if (trial !== null && !hasGrown(trial.before, rate, trial.fromWidth)) {
    return { ...next, width: trial.fromWidth, trial: null, raiseAtMs: nowMs + REST_MS };
  }
  const raiseAtMs = trial !== null && width >= lane.brokeAtWidth - 1 ? nowMs + CARE_MS : lane.raiseAtMs;
  if (nowMs < raiseAtMs) return { ...next, trial: null, raiseAtMs };
  return { ...next, width: width + 1, trial: { fromWidth: width, before: rate } };
}

function hasGrown(before: Rate, now: Rate, fromWidth: number): boolean {
  const least = 1 + WORTH / fromWidth;
  return now.bytesPerMs > before.bytesPerMs * least || now.objectsPerMs > before.objectsPerMs * least;
}
