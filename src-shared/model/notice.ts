/**
 * Owns what a notice says: the words for a person and the figures for a program. Must not know who is told, nor how.
 * Made by the engine, sent by a worker or the desktop.
 */
import type { StateCounts } from './job-state.ts';
import type { DisplayState } from './migration.ts';
import type { NoticeEvent } from './notice-rule.ts';

export interface Notice {
  readonly kind: NoticeEvent | 'test';
  readonly title: string;
  readonly text: string;
  readonly atMs: number;
  readonly migration: {
    readonly id: number;
    readonly name: string;
    readonly state: DisplayState;
    readonly counts: StateCounts;
    readonly totalBytes: number;
    readonly doneBytes: number;
    readonly createdAtMs: number;
    readonly finishedAtMs: number | null;
  } | null;
}
