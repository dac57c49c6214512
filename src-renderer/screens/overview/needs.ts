/**
 * Owns what needs a person: each thing with one cause and one action. Pure. Shown on the overview, counted in the side.
 */
import type { HouseState } from '../../../src-shared/model/house.ts';
import type { MigrationView } from '../../../src-shared/model/migration.ts';
import { formatCount, formatNumberOf } from '../../format/count.ts';
import { href } from '../../state/route.ts';

export type NeedAction =
  | { readonly kind: 'resume-pool' }
  | { readonly kind: 'resume-house' }
  | { readonly kind: 'resume-queue'; readonly queue: string }
  | { readonly kind: 'retry'; readonly migrationId: number }
  | { readonly kind: 'look'; readonly href: string };

export interface Need {
  readonly id: string;
  readonly tone: 'attention' | 'waiting';
  readonly title: string;
  readonly text: string;
  readonly button: string;
  readonly action: NeedAction;
}

export function needsOf(house: HouseState): Need[] {
  const needs: Need[] = [];
  if (house.pool.state === 'degraded') {
    needs.push({
      id: 'pool',
      tone: 'attention',
      title: 'Workers keep ending',
      text: house.pool.failure?.message ?? 'Nothing runs until they start again.',
      button: 'Resume',
      action: { kind: 'resume-pool' },
    });
  }
  for (const migration of house.migrations) needs.push(...needsOfMigration(migration));
  if (house.paused && house.stats.pending > 0) {
    needs.push({
      id: 'house',
      tone: 'waiting',
      title: 'Everything is paused',
      text: `${formatNumberOf(house.stats.pending, 'job')} wait`,
      button: 'Resume all',
      action: { kind: 'resume-house' },
    });
  }
  for (const queue of house.queues) {
    if (!queue.paused || queue.counts.pending === 0) continue;
    needs.push({
      id: `queue ${queue.name}`,
      tone: 'waiting',
      title: `Queue ${queue.name} is paused`,
      text: `${formatNumberOf(queue.counts.pending, 'job')} wait`,
      button: 'Resume',
      action: { kind: 'resume-queue', queue: queue.name },
    });
  }
  return needs;
}

function needsOfMigration(migration: MigrationView): Need[] {
  const { id, name, counts, listing, listingFailure, state } = migration;
  const needs: Need[] = [];
  if (listing === 'failed' && state !== 'cancelled') {
    needs.push({
      id: `listing ${id}`,
      tone: 'attention',
      title: `${name}: the source could not be listed`,
      text: listingFailure?.message ?? '',
      button: 'Try again',
      action: { kind: 'retry', migrationId: id },
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
    });
  }
  return needs;
}
