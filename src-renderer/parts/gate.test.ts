/** Proves what stands under a gate's word: the reason once, and a time only when it is worth waiting for. */
import { expect, test } from 'vitest';
import { gateReason } from './gate.tsx';

const NOW_MS = new Date(2026, 10, 21, 12, 0).getTime();

test('a gate that opens by itself says when', () => {
  const untilMs = new Date(2026, 10, 21, 22, 0).getTime();
  expect(gateReason({ state: 'closed', reason: 'Outside its active hours', untilMs }, NOW_MS)).toBe(
    'Outside its active hours, opens 22:00',
  );
});

test('a rate that opens every second names no time', () => {
  const gate = { state: 'limited', reason: 'At most 60 starts a minute', untilMs: NOW_MS + 900 } as const;
  expect(gateReason(gate, NOW_MS)).toBe('At most 60 starts a minute');
});

test.each([
  ['Paused by you', ''],
  ['Paused by you, 2 still running', '2 still running'],
  ['Waiting for the network team', 'Waiting for the network team'],
])('a pause for %j reads %j below the word', (reason, shown) => {
  expect(gateReason({ state: 'paused', reason, untilMs: null }, NOW_MS)).toBe(shown);
});
