/**
 * Owns how GraphQL's arguments become the parameters of commands: ids as numbers, what is null left out. Pure. Must not
 * call anything. Used by the resolvers.
 */
import type { Params } from '../../../src-shared/contract/commands.ts';
import { fail } from '../../../src-shared/model/failure.ts';

/** Throws `invalid-input` with the argument's name. */
export function toNumber(id: string, field: string): number {
  const number = /^\d{1,15}$/.test(id) ? Number(id) : 0;
  return number > 0 ? number : fail('invalid-input', `"${id}" is no id.`, { field });
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], null | undefined> };

/** Leaves out what is null or not there: GraphQL knows both, the commands know one. */
export function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  ) as Present<T>;
}

export interface JobFilterInput {
  readonly migrationId?: string | null;
  readonly queue?: string | null;
  readonly states?: NonNullable<Params<'bulk.start'>['filter']['states']> | null;
  readonly search?: string | null;
}

export function jobFilterOf({ migrationId, ...filter }: JobFilterInput): Params<'bulk.start'>['filter'] {
  return {
    ...present(filter),
    ...(migrationId == null ? {} : { migrationId: toNumber(migrationId, 'filter.migrationId') }),
  };
}
