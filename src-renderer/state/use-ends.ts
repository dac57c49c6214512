/**
 * Owns how the two ends of a migration are named in a row: the chip of the provider and the account's name. Providers
 * are asked for once. Read by lists of jobs and migrations.
 */
import { create } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { Location } from '../../src-shared/model/asset.ts';
import type { AccountView, ProviderDescriptor } from '../../src-shared/model/provider.ts';
import { call } from './house-client.ts';
import { onSnapshot, useMirror } from './house-store.ts';

export interface End {
  readonly chip: string;
  /** The account; for a disk, the last folder. */
  readonly name: string;
}

export interface Ends {
  readonly source: End;
  readonly destination: End;
}

const useCatalogue = create<{ readonly providers: readonly ProviderDescriptor[] }>(() => ({ providers: [] }));

// The catalogue belongs to the version of the house; a new snapshot may come from another one.
onSnapshot(() => {
  void call('provider.list', {}).then(
    ({ providers }) => useCatalogue.setState({ providers }),
    // The next snapshot asks again; until then chips show the account's provider.
    () => undefined,
  );
});

export function useProviders(): readonly ProviderDescriptor[] {
  return useCatalogue((catalogue) => catalogue.providers);
}

export function endOf(
  location: Location,
  accounts: readonly AccountView[],
  providers: readonly ProviderDescriptor[],
): End {
  const account = accounts.find(({ id }) => id === location.accountId);
  const provider = providers.find(({ kind }) => kind === account?.provider);
  const folder = location.container.replace(/\/+$/, '').split('/').at(-1) ?? '';
  const name = account?.builtIn === true && folder !== '' ? folder : (account?.name ?? location.accountId);
  return { chip: provider?.chip ?? account?.provider.slice(0, 5) ?? '?', name };
}

/** Of a live migration; one that is history shows dashes until it is asked for. */
export function useEnds(migrationId: number): Ends {
  const providers = useProviders();
  const [source, destination, accounts] = useMirror(
    useShallow(({ house }) => {
      const migration = house?.migrations.find(({ id }) => id === migrationId);
      return [migration?.source, migration?.destination, house?.accounts] as const;
    }),
  );
  if (source === undefined || destination === undefined || accounts === undefined) return UNKNOWN;
  return { source: endOf(source, accounts, providers), destination: endOf(destination, accounts, providers) };
}

const UNKNOWN: Ends = { source: { chip: '–', name: '–' }, destination: { chip: '–', name: '–' } };
