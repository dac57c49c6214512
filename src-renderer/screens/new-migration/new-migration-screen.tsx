/**
 * Owns asking for a migration: source, selection and policies, destination, from left to right; both ends are tested
 * before anything is asked for. Must not decide what is valid (form-state.ts and the house do). Shown at `#/new`.
 */
import { ArrowRight } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { type Failure, toFailure } from '../../../src-shared/model/failure.ts';
import type { AccountView, LocationRole, ProviderDescriptor } from '../../../src-shared/model/provider.ts';
import { formatClock } from '../../format/moments.ts';
import { Button } from '../../parts/button.tsx';
import { FailureNote } from '../../parts/failure-note.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { call } from '../../state/house-client.ts';
import { go, href, useRoute } from '../../state/route.ts';
import { useProviders } from '../../state/use-ends.ts';
import { useHouse } from '../../state/use-house.ts';
import { AccountDialog } from '../accounts/account-dialog.tsx';
import { setUpProviders } from '../accounts/set-up-providers.ts';
import { useAppInfo } from '../use-app-info.ts';
import { failureOf, useConnectionTest } from '../use-connection-test.ts';
import { EndForm } from './end-form.tsx';
import { type Complaints, type EndDraft, placeFailure, toRequest, withFirstAccount } from './form-state.ts';
import styles from './new-migration-screen.module.css';
import { withoutUnknown } from './options-draft.ts';
import { PolicyForm } from './policy-form.tsx';
import { ReportImport } from './report-import.tsx';
import { UrlListForm } from './url-list-form.tsx';
import { useDraft } from './use-draft.ts';

export function NewMigrationScreen() {
  const accounts = useHouse((house) => house.accounts);
  const providers = useProviders();
  const { info } = useAppInfo();
  const { draft: kept, keptAtMs, complaints, complain, change, drop } = useDraft();
  const draft = withFirstAccount(kept, firstAccountId(accounts, providers));
  const tests = { source: useConnectionTest(), destination: useConnectionTest() };
  const [starting, setStarting] = useState<'migration' | 'plan' | null>(null);
  const [addingFor, setAddingFor] = useState<LocationRole | null>(null);
  const form = useRef<HTMLDivElement>(null);

  const descriptorAt = (end: EndDraft) => {
    const account = accounts.find(({ id }) => id === end.accountId);
    return providers.find(({ kind }) => kind === account?.provider);
  };
  const takesUrls = descriptorAt(draft.source)?.container.keysAreUrlsWhenEmpty === true;
  const isList = takesUrls && draft.take === 'urls';
  const destination = descriptorAt(draft.destination);
  const unknown = withoutUnknown(draft, destination?.capabilities ?? {});
  const asked = { ...draft, ...unknown, take: isList ? 'urls' : 'listing' } as const;
  useUrlsFromRoute(accounts, providers.length > 0, (source) => change({ source, take: 'urls' }));

  const changeEnd = (role: LocationRole, end: EndDraft): void => {
    tests[role].forget();
    change({ [role]: end });
  };

  const show = (found: Complaints): void => {
    complain(found);
    // The first field that needs a look, for those who do not see it.
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  };

  /** null: the end is as it should be. */
  async function testEnd(role: LocationRole): Promise<Failure | null> {
    const { accountId, container, prefix } = draft[role];
    if (isList && role === 'source') return null;
    return failureOf(await tests[role].run({ account: accountId, container, prefix, role }));
  }

  async function testAlone(role: LocationRole): Promise<void> {
    const failure = await testEnd(role);
    if (failure !== null) show({ ...complaints, ...placeFailure(failure, { role }) });
  }

  /** `isPlan`: what it would do is shown first, and the draft stays. */
  async function start(isPlan: boolean): Promise<void> {
    const answer = toRequest(asked);
    if (!answer.ok) {
      show(answer.complaints);
      return;
    }
    complain({});
    setStarting(isPlan ? 'plan' : 'migration');
    try {
      const [source, destination] = await Promise.all([testEnd('source'), testEnd('destination')]);
      if (source !== null || destination !== null) {
        show({
          ...(source === null ? {} : placeFailure(source, { role: 'source' })),
          ...(destination === null ? {} : placeFailure(destination, { role: 'destination' })),
        });
        return;
      }
      if (isPlan) {
        const { planId } = await call('plan.start', answer.request);
        go(href('plan', planId));
        return;
      }
      const { migrationId } = await call('migration.submit', answer.request);
      drop();
      go(href('migrations', migrationId));
    } catch (thrown) {
      show(placeFailure(toFailure(thrown), { list: answer.list }));
    } finally {
      setStarting(null);
    }
  }

  const shared = { accounts, providers, complaints, canChooseFolder: info?.canChooseFolder === true };
  return (
    <>
      <PageHeader
        title="New migration"
        note={keptWords(keptAtMs, isList && (draft.urls !== '' || draft.urlFile !== null))}
      >
        <ReportImport />
        <Button disabled={starting !== null} onClick={() => void start(true)}>
          {starting === 'plan' ? 'Testing both ends' : 'Plan first'}
        </Button>
        <Button tone="primary" disabled={starting !== null} onClick={() => void start(false)}>
          {starting === 'migration' ? 'Testing both ends' : 'Start migration'}
        </Button>
      </PageHeader>
      <div className={styles.screen} ref={form}>
        {complaints.form !== undefined && (
          <div className={styles.whole}>
            <FailureNote failure={complaints.form} />
          </div>
        )}
        <div className={styles.journey}>
          <EndForm
            {...shared}
            locationRole="source"
            end={draft.source}
            test={tests.source}
            onChange={(end) => changeEnd('source', end)}
            onTest={() => void testAlone('source')}
            onAddAccount={() => setAddingFor('source')}
            {...(takesUrls
              ? {
                  switcher: (
                    <div className={styles.switcher}>
                      <Tabs
                        label="What to take"
                        value={draft.take}
                        onChange={(take) => change({ take })}
                        tabs={[
                          { value: 'listing', label: 'Index page or sitemap' },
                          { value: 'urls', label: 'List of URLs' },
                        ]}
                      />
                    </div>
                  ),
                }
              : {})}
            {...(isList
              ? {
                  instead: (
                    <UrlListForm
                      text={draft.urls}
                      file={draft.urlFile}
                      failure={complaints.selection}
                      onChange={change}
                      onRefused={(selection) => show({ ...complaints, selection })}
                    />
                  ),
                }
              : {})}
          />
          <Hop />
          <PolicyForm
            draft={draft}
            complaints={complaints}
            destination={destination}
            isList={isList}
            onChange={change}
          />
          <Hop />
          <EndForm
            {...shared}
            locationRole="destination"
            end={draft.destination}
            test={tests.destination}
            onChange={(end) => changeEnd('destination', end)}
            onTest={() => void testAlone('destination')}
            onAddAccount={() => setAddingFor('destination')}
          />
        </div>
      </div>
      {addingFor !== null && (
        <AccountDialog
          account={null}
          providers={setUpProviders(providers)}
          onClose={() => setAddingFor(null)}
          onSaved={(account) => changeEnd(addingFor, { ...draft[addingFor], accountId: account.id })}
        />
      )}
    </>
  );
}

/** Empty until the house told its providers. */
function firstAccountId(accounts: readonly AccountView[], providers: readonly ProviderDescriptor[]): string {
  const kinds = providers.filter(({ capabilities }) => capabilities.canRead && capabilities.canWrite);
  return accounts.find(({ builtIn, provider }) => builtIn && kinds.some(({ kind }) => kind === provider))?.id ?? '';
}

/** Addresses may be signed: they are kept in memory only, and the form says so. */
function keptWords(keptAtMs: number | null, hasAddresses: boolean): string {
  if (keptAtMs === null) return '';
  const words = `Draft kept, ${formatClock(keptAtMs)}`;
  return hasAddresses ? `${words}; addresses only while this window is open` : words;
}

function Hop() {
  return (
    <span className={styles.hop} aria-hidden>
      <ArrowRight size={12} strokeWidth={2} />
    </span>
  );
}

/** `#/new?source=urls` opens the form at the list of addresses. */
function useUrlsFromRoute(
  accounts: readonly AccountView[],
  isReady: boolean,
  choose: (source: EndDraft) => void,
): void {
  const wantsUrls = useRoute().query.get('source') === 'urls';
  const providers = useProviders();
  const isDone = useRef(false);
  useEffect(() => {
    if (!wantsUrls || !isReady || isDone.current) return;
    isDone.current = true;
    const kind = providers.find(({ container }) => container.keysAreUrlsWhenEmpty === true)?.kind;
    const account = accounts.find((candidate) => candidate.provider === kind);
    if (account !== undefined) choose({ accountId: account.id, container: '', prefix: '' });
  });
}
