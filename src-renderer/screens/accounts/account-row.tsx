/** Owns one account as a row: kind, name, address, roles, proof, last test. Used by the accounts screen. */
import { CircleCheck, CircleDashed, CircleX } from 'lucide-react';
import type { AccountView, ProviderDescriptor } from '../../../src-shared/model/provider.ts';
import { formatAgo } from '../../format/moments.ts';
import { AssetKey } from '../../parts/asset-key.tsx';
import { classes } from '../../parts/button.tsx';
import { ProofLadder } from '../../parts/proof-ladder.tsx';
import { ProviderChip } from '../../parts/provider-chip.tsx';
import { useHouse } from '../../state/use-house.ts';
import { reportWords } from '../check-report.tsx';
import { laneInWords } from '../lane-words.ts';
import { useNow } from '../use-now.ts';
import styles from './accounts-screen.module.css';

export interface AccountRowProps {
  readonly account: AccountView;
  /** Absent until the house told its providers. */
  readonly descriptor: ProviderDescriptor | undefined;
  readonly isCurrent: boolean;
  readonly onOpen: () => void;
}

const MINUTE_MS = 60_000;

export function AccountRow({ account, descriptor, isCurrent, onOpen }: AccountRowProps) {
  const lane = useHouse((house) => house.lanes.find(({ accountId }) => accountId === account.id));
  return (
    <li className={classes(styles.row, isCurrent && styles.current)}>
      <span>
        <ProviderChip chip={descriptor?.chip ?? '–'} label={descriptor?.label ?? account.provider} />
      </span>
      <button type="button" className={styles.open} aria-pressed={isCurrent} onClick={onOpen}>
        <strong title={account.name}>{account.name}</strong>
        {lane === undefined ? (
          <span>{addressOf(account, descriptor)}</span>
        ) : (
          <span title={laneInWords(lane, Date.now())}>{laneInWords(lane, Date.now())}</span>
        )}
      </button>
      <Roles descriptor={descriptor} />
      <span className={styles.proof}>
        {descriptor?.capabilities.canWrite === true && <ProofLadder proof={descriptor.capabilities.bestProof} />}
      </span>
      <LastTest account={account} />
    </li>
  );
}

/** The first setting that was given is what tells two accounts of a kind apart: an endpoint, a host. */
function addressOf(account: AccountView, descriptor: ProviderDescriptor | undefined) {
  const option = descriptor?.options.find(
    ({ input, multiline, name }) => input === 'text' && multiline !== true && (account.options[name] ?? '') !== '',
  );
  const value = option === undefined ? undefined : account.options[option.name];
  if (value !== undefined) return <AssetKey value={value.replace(/^https?:\/\//, '')} />;
  return account.builtIn ? 'always there, nothing to set up' : (descriptor?.label ?? account.provider);
}

function Roles({ descriptor }: { readonly descriptor: ProviderDescriptor | undefined }) {
  const canRead = descriptor?.capabilities.canRead ?? false;
  const canWrite = descriptor?.capabilities.canWrite ?? false;
  return (
    <span className={styles.roles}>
      <span className={classes(styles.node, canRead && styles.on)} />
      <span className={styles.way} />
      <span className={classes(styles.node, canWrite && styles.on)} />
      {canRead && canWrite ? 'both' : canRead ? 'source' : canWrite ? 'destination' : '–'}
    </span>
  );
}

function LastTest({ account: { lastCheck } }: { readonly account: AccountView }) {
  const nowMs = useNow(MINUTE_MS);
  if (lastCheck === null) {
    return (
      <span className={styles.test}>
        <CircleDashed size={14} strokeWidth={1.8} aria-hidden />
        <span className={styles.quiet}>Not tested</span>
      </span>
    );
  }
  const { report, atMs } = lastCheck;
  const tone = report.ok ? 'done' : 'attention';
  const Icon = report.ok ? CircleCheck : CircleX;
  return (
    <span className={classes(styles.test, styles[tone])}>
      <Icon size={14} strokeWidth={1.8} aria-hidden />
      <span>
        <strong>{reportWords(report)}</strong>
        <span className={styles.quiet}>{formatAgo(atMs, nowMs)}</span>
      </span>
    </span>
  );
}
