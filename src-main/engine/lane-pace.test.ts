/** Proves the pace of a lane in virtual time: cut, held, widened while that pays, and never early. */
import { describe, expect, it } from 'vitest';
import { createSeededRng } from '../../test-trust/simulation/seeded-rng.ts';
import { countMoved, type LanePace, type Slowdown, slowLane, widenLane } from './lane-pace.ts';

const told = (changes: Partial<Slowdown> = {}): Slowdown => ({
  running: 8,
  startedAtMs: 0,
  waitMs: 5_000,
  reason: 'it is busy',
  isCut: true,
  ...changes,
});

/** Lives `forMs` with a full lane; `perMs(width)`: what an account moves then. Returns each width it had. */
function live(lane: LanePace, fromMs: number, forMs: number, perMs: (width: number) => number): number[] {
  const widths: number[] = [];
  let now: LanePace | null = lane;
  for (let atMs = fromMs; atMs < fromMs + forMs && now !== null; atMs += 500) {
    const movedMs = atMs === fromMs ? 0 : 500;
    now = countMoved(now, perMs(now.width) * movedMs, perMs(now.width) * movedMs, atMs);
    now = widenLane(now, now.width, atMs);
    if (now !== null && widths.at(-1) !== now.width) widths.push(now.width);
  }
  return widths;
}

describe('a lane that is told to slow down', () => {
  it('is cut to two thirds of what was in flight, and is never narrower than one', () => {
    expect(slowLane(null, told(), 1_000)).toMatchObject({ width: 5, heldUntilMs: 6_000 });
    expect(slowLane(null, told({ running: 1 }), 1_000).width).toBe(1);
  });

  it('is cut once for all that began before the cut, and again for what began after it', () => {
    const lane = slowLane(null, told(), 1_000);
    expect(slowLane(lane, told({ startedAtMs: 500 }), 1_100).width).toBe(5);
    expect(slowLane(lane, told({ startedAtMs: 7_000, running: 5 }), 7_100).width).toBe(3);
  });

  it('never undercuts a longer wait that stands', () => {
    const lane = slowLane(null, told({ waitMs: 60_000 }), 0);
    expect(slowLane(lane, told({ waitMs: 1_000 }), 100).heldUntilMs).toBe(60_000);
    expect(slowLane(lane, told({ startedAtMs: 50, waitMs: 1_000 }), 100).heldUntilMs).toBe(60_000);
  });

  it('that only has no room waits without a cut, and is forgotten when the wait is over', () => {
    const lane = slowLane(null, told({ isCut: false, waitMs: 4_000 }), 0);
    expect(lane.width).toBe(Number.POSITIVE_INFINITY);
    expect(widenLane(lane, 8, 3_999)).toBe(lane);
    expect(widenLane(lane, 8, 4_000)).toBe(null);
  });
});

describe('a lane that was cut', () => {
  const cut = slowLane(null, told({ running: 12, waitMs: 5_000 }), 0);

  it('stays as it is until the wait is over', () => {
    expect(widenLane(countMoved(cut, 1e9, 1_000, 4_999), 7, 4_999)?.width).toBe(cut.width);
  });

  it('grows by one at a time as long as each brings more', () => {
    const widths = live(cut, 5_000, 300_000, (width) => width);
    expect(widths.slice(0, 5)).toEqual([7, 8, 9, 10, 11]);
    expect(widths.every((width, index) => index === 0 || width - (widths[index - 1] ?? 0) === 1)).toBe(true);
    expect(widths.at(-1)).toBeGreaterThan(12);
  });

  it('goes slowly near the width at which it broke', () => {
    const early = live(cut, 5_000, 12_000, (width) => width).at(-1) ?? 0;
    const later = live(cut, 5_000, 30_000, (width) => width).at(-1) ?? 0;
    expect(early).toBeGreaterThanOrEqual(11);
    expect(later).toBeLessThanOrEqual(13);
  });

  it('does not count what was still on its way when it was cut', () => {
    expect(countMoved(cut, 1e9, 1_000, 4_000)).toBe(cut);
  });

  it('goes back after a raise that brought nothing, and rests before the next', () => {
    const widths = live(cut, 5_000, 60_000, (width) => Math.min(width, 9));
    expect(widths.slice(0, 5)).toEqual([7, 8, 9, 10, 9]);
    expect(widths.filter((width) => width === 10)).toHaveLength(2);
  });

  it('learns nothing while nobody uses its whole width', () => {
    let lane: LanePace | null = cut;
    for (let atMs = 5_000; atMs < 120_000 && lane !== null; atMs += 500) {
      lane = widenLane(countMoved(lane, 1e6, 100, atMs), lane.width - 1, atMs);
    }
    expect(lane?.width).toBe(cut.width);
  });

  it('is forgotten when it was told nothing for a quarter of an hour', () => {
    expect(widenLane(cut, 7, 5_000 + 15 * 60_000)).toBe(null);
  });
});

it('whatever it is told, for 500 seeds, it never moves its end of waiting nearer, and is always at least one wide', () => {
  for (let seed = 1; seed <= 500; seed += 1) {
    const rng = createSeededRng(seed);
    let lane: LanePace | null = null;
    let nowMs = 0;
    for (let step = 0; step < 200; step += 1) {
      nowMs += rng.between(0, 3_000);
      const before: LanePace | null = lane;
      if (rng.chance(0.2)) {
        const waitMs = rng.between(0, 60_000);
        lane = slowLane(
          lane,
          told({ running: rng.between(1, 64), startedAtMs: nowMs - rng.between(0, 9_000), waitMs }),
          nowMs,
        );
        expect(lane.heldUntilMs).toBeGreaterThanOrEqual(nowMs + waitMs);
        expect(lane.width).toBeLessThanOrEqual(before?.width ?? Number.POSITIVE_INFINITY);
      } else if (lane !== null) {
        lane = widenLane(countMoved(lane, rng.between(0, 1e6), rng.between(0, 50), nowMs), rng.between(0, 64), nowMs);
      }
      if (before !== null && nowMs < before.heldUntilMs)
        expect(lane?.heldUntilMs).toBeGreaterThanOrEqual(before.heldUntilMs);
      if (lane !== null) expect(lane.width).toBeGreaterThanOrEqual(1);
    }
  }
});
