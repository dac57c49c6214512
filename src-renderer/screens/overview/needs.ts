/**
 * Owns what needs a person: each thing with one cause and one action. Pure. Shown on the overview, counted in the side.
 */
import type { HouseState } from '../../../src-shared/model/house.ts';
import type { MigrationView } from '../../../src-shared/model/migration.ts';
import { NOTICE_QUEUE } from '../../../src-shared/model/notice-rule.ts';
import { formatCount, formatNumberOf } from '../../format/count.ts';
import { href } from '../../state/route.ts';
import { jobsHref } from '../jobs/job-filter.ts';

export type NeedAction =
  | { readonly kind: 'resume-pool' }
  | { readonly kind: 'resume-house' }
  | { readonly kind: 'resume-queue'; readonly queue: string }
  | { readonly kind: 'resume-migration'; readonly migrationId: number }
  | { readonly kind: 'retry'; readonly migrationId: number }
  | { readonly kind: 'look'; readonly href: string };

export interface Need {
  readonly id: string;
  readonly tone: 'attention' | 'waiting';
  readonly title: string;
  readonly text: string;
  readonly button: string;
  readonly action: NeedAction;
  /** Who has seen it and leaves it as it is can put it aside under this name; null: it holds work up. */
  readonly seenAs: string | null;
}

/** Those that still call for somebody: `putAside` names what a person has seen and leaves as it is. */
export function needsOf(house: HouseState, putAside: readonly string[]): Need[] {
  return allNeeds(house).filter(({ seenAs }) => seenAs === null || !putAside.includes(seenAs));
}

function allNeeds(house: HouseState): Need[] {
  const needs: Need[] = [];
  if (house.pool.state === 'degraded') {
    needs.push({
      id: 'pool',
      tone: 'attention',
      title: 'Workers keep ending',
      text: house.pool.failure?.message ?? 'Nothing runs until they start again.',
      button: 'Resume',
      action: { kind: 'resume-pool' },
      seenAs: null,
    });
  }
  for (const migration of house.migrations) needs.push(...needsOfMigration(migration));
  const { pending, scheduled, paused } = house.stats.counts;
  const waiting = pending + scheduled + paused;
  if (house.paused && waiting > 0) {
    needs.push({
      id: 'house',
      tone: 'waiting',
      title: 'Everything is paused',
      text: waitWords(waiting),
      button: 'Resume all',
      action: { kind: 'resume-house' },
      seenAs: null,
    });
  }
  for (const queue of house.queues) {
    const waiting = queue.counts.pending + queue.counts.scheduled;
    if (!queue.paused || waiting === 0) continue;
    needs.push({
      id: `queue ${queue.name}`,
      tone: 'waiting',
      title: `Queue ${queue.name} is paused`,
      text: queue.name === NOTICE_QUEUE ? `${formatNumberOf(waiting, 'notice')} held back` : waitWords(waiting),
      button: 'Resume',
      action: { kind: 'resume-queue', queue: queue.name },
      seenAs: null,
    });
  }
  const undelivered = house.queues.find(({ name }) => name === NOTICE_QUEUE)?.counts.failed ?? 0;
  if (undelivered > 0) {
    needs.push({
      id: 'notices',
      tone: 'attention',
      title: `${formatNumberOf(undelivered, 'notice')} could not be sent`,
      text: `Look why, and send ${undelivered === 1 ? 'it' : 'them'} again`,
      button: 'Look',
      action: { kind: 'look', href: jobsHref({ queue: NOTICE_QUEUE, tab: 'failed' }) },
      seenAs: `notices ${undelivered}`,
    });
  }
  return needs;
}

function waitWords(jobs: number): string {
  return jobs === 1 ? '1 job waits' : `${formatCount(jobs)} jobs wait`;
}

function needsOfMigration(migration: MigrationView): Need[] {
  const { id, name, counts, intent, listing, listingFailure, state, createdAtMs } = migration;
  const needs: Need[] = [];
  // The moment tells it from a migration of another profile; the figures bring it back when there is more to see.
  const seenAs = (what: string): string => `${what} ${id} ${createdAtMs}`;
  if (listing === 'failed' && state !== 'cancelled') {
    needs.push({
      id: `listing ${id}`,
      tone: 'attention',
      title: `${name}: the source could not be listed`,
      text: listingFailure?.message ?? '',
      button: 'Try again',
      action: { kind: 'retry', migrationId: id },
      seenAs: seenAs(`listing ${counts.failed}`),
    });
  }
  if (counts.failed > 0 && state !== 'cancelled') {
    needs.push({
      id: `failed ${id}`,
      tone: 'attention',
      title: `${formatNumberOf(counts.failed, 'job')} failed`,
      text: `${name}, ${formatCount(counts.completed + counts.skipped)} arrived`,
      button: 'Look',
      action: { kind: 'look', href: href('failures') },
      seenAs: seenAs(`failed ${counts.failed}`),
    });
  }
  if (state === 'empty') {
    needs.push({
      id: `empty ${id}`,
      tone: 'waiting',
      title: `${name} found nothing to move`,
      text: 'Look at its source and prefix',
      button: 'Look',
      action: { kind: 'look', href: href('migrations', id) },
      seenAs: seenAs('empty'),
    });
  }
  const waiting = counts.pending + counts.scheduled + counts.paused;
  if (intent === 'pause' && state === 'paused') {
    needs.push({
      id: `paused ${id}`,
      tone: 'waiting',
      title: `${name} is paused`,
      text: waiting === 0 ? 'Its source is listed no further' : waitWords(waiting),
      button: 'Resume',
      action: { kind: 'resume-migration', migrationId: id },
      seenAs: null,
    });
  } else if (intent === 'run' && counts.paused > 0) {
    needs.push({
      id: `paused ${id}`,
      tone: 'waiting',
      title: formatNumberOf(counts.paused, 'paused job'),
      text: name,
      button: 'Resume',
      action: { kind: 'resume-migration', migrationId: id },
      seenAs: null,
    });
  }
  return needs;
}
