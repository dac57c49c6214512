/** Proves what progress says: the step, the bytes, a rate that follows the last seconds, and nothing twice. */
import { expect, test } from 'vitest';
import { createMeter, smoothRate } from './metering.ts';

test('reports what changed since the last sample, and null when nothing did', () => {
  let nowMs = 0;
  const meter = createMeter(5, 1_000, () => nowMs);
  expect(meter.sample()).toMatchObject({ jobId: 5, step: 'resolve', totalBytes: 1_000, bytesPerSecond: 0 });
  expect(meter.sample()).toBeNull();
  meter.enter('spool');
  meter.total(2_000);
  meter.spooled(700);
  nowMs = 250;
  expect(meter.sample()).toMatchObject({ step: 'spool', spooledBytes: 700, writtenBytes: 0, totalBytes: 2_000 });
});

test('adds up the time of a step that is entered twice', () => {
  let nowMs = 0;
  const meter = createMeter(5, null, () => nowMs);
  nowMs = 10;
  meter.enter('upload');
  nowMs = 40;
  meter.enter('verify');
  nowMs = 41.26;
  meter.enter('upload');
  nowMs = 50;
  expect(meter.stepMs()).toEqual({ resolve: 10, upload: 38.7, verify: 1.3 });
  expect(meter.step()).toBe('upload');
});

test('the rate comes to a steady flow within seconds, from either side, on an uneven beat', () => {
  let rate = 0;
  for (const elapsedMs of [250, 900, 100, 250, 4_000, 250, 3_000]) rate = smoothRate(rate, elapsedMs * 50, elapsedMs);
  expect(rate).toBeGreaterThan(49_000);
  expect(rate).toBeLessThanOrEqual(50_000);
  for (let beat = 0; beat < 60; beat++) rate = smoothRate(rate, 0, 250);
  expect(rate).toBeLessThan(100);
});

test('a write that starts again does not make the rate negative', () => {
  let nowMs = 0;
  const meter = createMeter(5, 100_000, () => nowMs);
  meter.written(90_000);
  nowMs = 250;
  const before = meter.sample();
  meter.written(0);
  nowMs = 500;
  const after = meter.sample();
  expect(after?.writtenBytes).toBe(0);
  expect(after?.bytesPerSecond).toBeGreaterThanOrEqual(0);
  expect(after?.bytesPerSecond).toBeLessThan(before?.bytesPerSecond ?? 0);
});
