/**
 * Owns the one handler of every command. A command without a handler does not compile. Must not know any transport,
 * and holds no logic beyond calling the engine. Made by compose.ts; called through create-house.ts.
 */

import type { AppInfo, Result } from '../../src-shared/contract/commands.ts';
import { fail } from '../../src-shared/model/failure.ts';
import { migrationView } from '../../src-shared/model/migration.ts';
import type { Coordinator } from '../engine/coordinator.ts';
import type { Desk } from '../engine/desk.ts';
import { queueViews, settings, stats } from '../engine/house-view.ts';
import { removeAccount } from '../engine/verbs/keep-account.ts';
import {
  type MigrationVerb,
  migrationOf,
  moveMigration,
  removeSamples,
  resumeMigration,
  retryFailed,
  steerMigration,
} from '../engine/verbs/steer-migration.ts';
import { createQueue, pauseHouse, removeQueue, updateQueue } from '../engine/verbs/steer-queue.ts';
import { submitMigration } from '../engine/verbs/submit-migration.ts';
import type { Plans } from '../plan/plans.ts';
import type { Ports } from '../ports.ts';
import { accountHandlers } from './account-handlers.ts';
import { evidenceHandlers } from './evidence-handlers.ts';
import type { EvidenceLinks } from './evidence-links.ts';
import { given } from './given.ts';
import type { Handlers } from './handler-map.ts';
import { jobHandlers } from './job-handlers.ts';
import { type AcceptWebhook, noticeHandlers } from './notice-handlers.ts';
import { planHandlers } from './plan-handlers.ts';
import { makeSample, removeSample } from './sample-assets.ts';
import { scheduleHandlers } from './schedule-handlers.ts';

export function createHandlers(
  coordinator: Coordinator,
  ports: Ports,
  acceptWebhook: AcceptWebhook,
  links: EvidenceLinks,
  plans: Plans,
): Handlers {
  const { store, accounts } = coordinator;

  async function onMigration(migrationId: number, verb: MigrationVerb): Promise<Result<'migration.get'>> {
    return coordinator.call((desk) => {
      steerMigration(desk, migrationId, verb);
      return migrationView(migrationOf(desk, migrationId));
    });
  }

  async function quietly(verb: (desk: Desk) => void): Promise<Record<never, never>> {
    await coordinator.call(verb);
    return {};
  }

  return {
    'app.info': () => appInfo(ports),
    'provider.list': () => ({ providers: accounts.descriptors().filter(({ internal }) => !internal) }),
    'stats.get': () => stats(coordinator),
    'engine.pause': () => quietly((desk) => pauseHouse(desk, true)),
    'engine.resume': () => quietly((desk) => pauseHouse(desk, false)),
    'pool.get': () => coordinator.supervisor.view(),
    'pool.resume': () => {
      coordinator.supervisor.resume();
      return {};
    },

    'settings.get': () => settings(coordinator),
    'settings.update': async (change) => {
      await coordinator.call((desk) => desk.store.changeSettings(given(change)));
      return settings(coordinator);
    },
    'health.get': () => ({ report: coordinator.health() }),
    'news.dismiss': ({ newsId }) =>
      quietly((desk) => {
        if (!desk.store.removeNews(newsId)) fail('not-found', 'These news were dismissed before.', { field: 'newsId' });
      }),

    'migration.submit': (params) => coordinator.call((desk) => submitMigration(desk, params)),
    'migration.sample': async () => {
      const request = await makeSample(ports.paths.sample, coordinator.nowMs());
      const { migrationId } = await coordinator.call((desk) => submitMigration(desk, request, true));
      return { migrationId };
    },
    'migration.removeSample': async () => {
      await coordinator.call(removeSamples);
      await removeSample(ports.paths.sample);
      return {};
    },
    'migration.get': ({ migrationId }) => coordinator.call((desk) => migrationView(migrationOf(desk, migrationId))),
    'migration.list': ({ search, cursor, limit }) => store.listMigrations({ limit, ...given({ search, cursor }) }),
    'migration.pause': ({ migrationId }) => onMigration(migrationId, 'pause'),
    'migration.resume': async ({ migrationId }) => {
      const pausedIds = await store.matchingIds({ migrationId, states: ['paused'] });
      return coordinator.call((desk) => {
        resumeMigration(desk, migrationId, pausedIds);
        return migrationView(migrationOf(desk, migrationId));
      });
    },
    'migration.cancel': ({ migrationId }) => onMigration(migrationId, 'cancel'),
    'migration.retryFailed': async ({ migrationId }) => {
      const failedIds = await store.matchingIds({ migrationId, states: ['failed'] });
      return coordinator.call((desk) => {
        retryFailed(desk, migrationId, failedIds);
        return migrationView(migrationOf(desk, migrationId));
      });
    },
    'migration.move': ({ migrationId, queue }) =>
      coordinator.call((desk) => {
        moveMigration(desk, migrationId, queue);
        return migrationView(migrationOf(desk, migrationId));
      }),

    ...planHandlers(plans),
    ...evidenceHandlers(coordinator, ports, links),
    ...jobHandlers(coordinator, ports.clock),
    ...scheduleHandlers(coordinator),
    ...noticeHandlers(coordinator, ports, acceptWebhook),

    'queue.pause': ({ queue, reason }) =>
      quietly((desk) => updateQueue(desk, queue, { paused: true, pausedReason: reason ?? null })),
    'queue.resume': ({ queue }) => quietly((desk) => updateQueue(desk, queue, { paused: false, pausedReason: null })),
    'queue.create': ({ queue, concurrency }) => quietly((desk) => createQueue(desk, queue, concurrency)),
    'queue.remove': ({ queue }) => quietly((desk) => removeQueue(desk, queue)),
    'queue.update': ({ queue, ...change }) => quietly((desk) => updateQueue(desk, queue, given(change))),
    'queue.list': () => ({ queues: queueViews(coordinator) }),

    ...accountHandlers(coordinator, ports),
    'account.remove': async ({ accountId }) => {
      await coordinator.call((desk) => removeAccount(desk, accountId));
      // The account is gone; secrets that stayed behind would be of no use to anybody.
      await ports.secrets.write(accountId, {});
      return {};
    },

    'folder.choose': async () => {
      if (ports.desktop === null) {
        fail('unsupported', 'This Transship runs without a desktop.', { hint: 'Type the path of the folder.' });
      }
      return { path: await ports.desktop.chooseFolder() };
    },

    'view.watch': (params, { feed }) => {
      if (feed === null) fail('unsupported', 'Only a connected window can watch.');
      if (!feed.watch(params)) {
        fail('quota-exceeded', 'This window already watches four views.', {
          field: 'viewId',
          hint: 'Unwatch one first.',
        });
      }
      return {};
    },
    'view.unwatch': ({ viewId }, { feed }) => {
      feed?.unwatch(viewId);
      return {};
    },
  };
}

function appInfo(ports: Ports): AppInfo {
  return {
    version: ports.version,
    door: ports.door,
    platform: process.platform,
    profile: ports.paths.profile,
    secretStore: { label: ports.secrets.label, persistent: ports.secrets.persistent },
    canChooseFolder: ports.desktop !== null,
  };
}
