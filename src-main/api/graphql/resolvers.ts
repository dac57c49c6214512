/**
 * Owns the way from GraphQL's fields to the commands of the house. Must not hold logic: every field is one call, with
 * ids turned into numbers. Used by create-graphql.ts.
 */
import type { CommandName, Params, Result } from '../../../src-shared/contract/commands.ts';
import type { ContentRules } from '../../../src-shared/model/content-rules.ts';
import { fail } from '../../../src-shared/model/failure.ts';
import type { TransferResult } from '../../../src-shared/model/job.ts';
import type { MigrationView, NamedAsset, OverwritePolicy } from '../../../src-shared/model/migration.ts';
import type { NamingRules } from '../../../src-shared/model/naming.ts';
import type { ProofRung } from '../../../src-shared/model/proof.ts';
import type { SelectionFilter } from '../../../src-shared/model/selection.ts';
import type { AfterCopyRule } from '../../../src-shared/model/source-removal.ts';
import type { House } from '../house.ts';
import { liveOutcomes, migrationOutcomes } from './outcome-streams.ts';
import { type JobFilterInput, jobFilterOf, present, toNumber } from './read-arguments.ts';
import { createSteeringResolvers } from './steering-resolvers.ts';
import { enumValues } from './type-definitions.ts';

interface LocationInput {
  readonly accountId: string;
  readonly container: string;
  readonly prefix: string;
}

interface RequestInput {
  readonly name?: string | null;
  readonly source: LocationInput;
  readonly destination: LocationInput;
  readonly assets?: readonly NullableAsset[] | null;
  readonly overwrite: OverwritePolicy;
  readonly minimumProof?: ProofRung | null;
  readonly afterCopy: AfterCopyRule;
  readonly filter?: SelectionFilter | null;
  readonly naming?: NamingRules | null;
  readonly content?: ContentRules | null;
  readonly queue: string;
}

type NullableAsset = { readonly [K in keyof NamedAsset]: NamedAsset[K] | null } & { readonly sourceKey: string };

interface ValueInput {
  readonly name: string;
  readonly value: string;
}

interface AccountInput {
  readonly id?: string | null;
  readonly provider: string;
  readonly name: string;
  readonly options: readonly ValueInput[];
  readonly secrets: readonly ValueInput[];
}

/** Every argument arrives checked against the schema: the types below are what it lets through. */
export function createResolvers(house: House) {
  const call = <Name extends CommandName>(name: Name, params: Params<Name>): Promise<Result<Name>> =>
    house.call(name, params);
  const quietly = async <Name extends CommandName>(name: Name, params: Params<Name>): Promise<true> => {
    await call(name, params);
    return true;
  };
  const onMigration =
    (name: 'migration.pause' | 'migration.resume' | 'migration.cancel' | 'migration.retryFailed') =>
    (_: unknown, { id }: { id: string }) =>
      call(name, { migrationId: toNumber(id, 'id') });
  const onJobs =
    (name: 'job.pause' | 'job.resume' | 'job.cancel' | 'job.retry') =>
    (_: unknown, { ids }: { ids: string[] }) =>
      call(name, { jobIds: ids.map((id) => toNumber(id, 'ids')) });

  const steering = createSteeringResolvers(house);
  return {
    ...enumValues(),
    Role: { SOURCE: 'source', DESTINATION: 'destination' },
    JobSort: { NEWEST: 'newest', OLDEST: 'oldest', UPDATED: 'updated' },

    Migration: {
      overwrite: ({ policies }: MigrationView) => policies.overwrite,
      minimumProof: ({ policies }: MigrationView) => policies.minimumProof,
      afterCopy: ({ policies }: MigrationView) => policies.afterCopy,
      naming: ({ policies }: MigrationView) => policies.naming,
      content: ({ policies }: MigrationView) => policies.content,
    },
    TransferResult: {
      md5: ({ digests }: TransferResult) => digests.md5,
      sha256: ({ digests }: TransferResult) => digests.sha256,
      crc32c: ({ digests }: TransferResult) => digests.crc32c,
      contentType: ({ headers }: TransferResult) => headers.contentType,
    },
    Queue: { gate: ({ gate }: { gate: { reason: string } }) => gate.reason },
    Provider: {
      canRead: ({ capabilities }: { capabilities: { canRead: boolean } }) => capabilities.canRead,
      canWrite: ({ capabilities }: { capabilities: { canWrite: boolean } }) => capabilities.canWrite,
    },

    Schedule: steering.Schedule,
    Query: {
      ...steering.Query,
      stats: () => call('stats.get', {}),
      migrations: (_: unknown, args: { search?: string | null; cursor?: string | null; limit: number }) =>
        call('migration.list', present(args)),
      migration: (_: unknown, { id }: { id: string }) => call('migration.get', { migrationId: toNumber(id, 'id') }),
      jobs: (
        _: unknown,
        args: {
          filter?: JobFilterInput | null;
          sort: 'newest' | 'oldest' | 'updated';
          cursor?: string | null;
          limit: number;
        },
      ) =>
        call('job.list', {
          ...present({ sort: args.sort, cursor: args.cursor, limit: args.limit }),
          filter: jobFilterOf(args.filter ?? {}),
        }),
      job: (_: unknown, { id }: { id: string }) => call('job.get', { jobId: toNumber(id, 'id') }),
      queues: async () => (await call('queue.list', {})).queues,
      accounts: async () => (await call('account.list', {})).accounts,
      providers: async () => (await call('provider.list', {})).providers,
      checkLocation: (_: unknown, { location, role }: { location: LocationInput; role: 'source' | 'destination' }) =>
        call('account.check', {
          account: location.accountId,
          container: location.container,
          prefix: location.prefix,
          role,
        }),
    },

    Mutation: {
      ...steering.Mutation,
      submitMigration: (_: unknown, { input }: { input: RequestInput }) => {
        const assets = input.assets ?? null;
        const { filter } = present({ filter: input.filter });
        if (assets !== null && filter !== undefined) {
          fail('invalid-input', 'Assets that are named are not filtered.', { field: 'filter', hint: 'Leave one out.' });
        }
        return call('migration.submit', {
          ...requestOf(input),
          selection: assets === null ? { kind: 'listing', filter } : { kind: 'assets', assets: assets.map(assetOf) },
        });
      },
      enqueueAssets: (_: unknown, { input }: { input: RequestInput }) =>
        call('jobs.enqueue', { ...requestOf(input), assets: (input.assets ?? []).map(assetOf) }),
      pauseMigration: onMigration('migration.pause'),
      resumeMigration: onMigration('migration.resume'),
      cancelMigration: onMigration('migration.cancel'),
      retryFailed: onMigration('migration.retryFailed'),
      pauseJobs: onJobs('job.pause'),
      resumeJobs: onJobs('job.resume'),
      cancelJobs: onJobs('job.cancel'),
      retryJobs: onJobs('job.retry'),
      pauseQueue: (_: unknown, { name }: { name: string }) => quietly('queue.pause', { queue: name }),
      resumeQueue: (_: unknown, { name }: { name: string }) => quietly('queue.resume', { queue: name }),
      setQueueConcurrency: (_: unknown, { name, concurrency }: { name: string; concurrency: number }) =>
        quietly('queue.update', { queue: name, concurrency }),
      pauseAll: () => quietly('engine.pause', {}),
      resumeAll: () => quietly('engine.resume', {}),
      saveAccount: (_: unknown, { input }: { input: AccountInput }) =>
        call('account.save', {
          ...(input.id === undefined || input.id === null ? {} : { id: input.id }),
          provider: input.provider,
          name: input.name,
          options: recordOf(input.options),
          secrets: recordOf(input.secrets),
        }),
      removeAccount: (_: unknown, { id }: { id: string }) => quietly('account.remove', { accountId: id }),
    },

    Subscription: {
      outcomes: {
        subscribe: (_: unknown, { migrationId }: { migrationId?: string | null }) =>
          liveOutcomes(
            house,
            migrationId === undefined || migrationId === null ? null : toNumber(migrationId, 'migrationId'),
          ),
        resolve: (event: unknown) => event,
      },
      migrationOutcomes: {
        subscribe: (_: unknown, { migrationId }: { migrationId: string }) =>
          migrationOutcomes(house, toNumber(migrationId, 'migrationId')),
        resolve: (event: unknown) => event,
      },
    },
  };
}

function requestOf({ name, source, destination, queue, ...asked }: RequestInput) {
  const { overwrite, minimumProof, afterCopy, naming, content } = asked;
  const policies = { overwrite, afterCopy, ...present({ minimumProof, naming, content }) };
  return { ...present({ name }), source, destination, policies, queue };
}

function assetOf({ sourceKey, ...rest }: NullableAsset): NamedAsset {
  return { sourceKey, ...present(rest) };
}

/** Null-prototype: a name like __proto__ is just a name. */
function recordOf(values: readonly ValueInput[]): Record<string, string> {
  return Object.assign(Object.create(null), Object.fromEntries(values.map(({ name, value }) => [name, value])));
}
