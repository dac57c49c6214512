/** Proves that every notice is told in words, by the event that it is about. */
import { expect, test } from 'vitest';
import { NOTICE_EVENTS } from '../../../src-shared/model/notice-rule.ts';
import { noticeSubject } from './notice-job.ts';

test.each([...NOTICE_EVENTS, 'test'])('a notice of %s reads as a sentence, not as a key', (event) => {
  const subject = noticeSubject(`${event}:3:1795248577845`);
  expect(subject).not.toContain(':');
  expect(subject).toMatch(/^(A|Many|Migration 3)/);
});
