/**
 * Owns the middle of the form: name, what to do when a key exists, the least proof, what becomes of the source, the queue.
 * Must not hold the draft.
 */
import { OVERWRITE_POLICIES, type OverwritePolicy } from '../../../src-shared/model/migration.ts';
import { PROOF_RUNGS, type ProofRung, proofHolds } from '../../../src-shared/model/proof.ts';
import type { ProviderDescriptor } from '../../../src-shared/model/provider.ts';
import { allowsRemoval, MOVE_PROOF } from '../../../src-shared/model/source-removal.ts';
import { formatNumberOf } from '../../format/count.ts';
import { Checkbox } from '../../parts/checkbox.tsx';
import { FailureNote } from '../../parts/failure-note.tsx';
import { ProofLadder } from '../../parts/proof-ladder.tsx';
import { Select } from '../../parts/select.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { useHouse } from '../../state/use-house.ts';
import type { Complaints, MigrationDraft } from './form-state.ts';
import styles from './new-migration-screen.module.css';
import { OptionsForm } from './options-form.tsx';

const OVERWRITE_LABELS: Readonly<Record<OverwritePolicy, { readonly label: string; readonly detail: string }>> = {
  never: { label: 'Leave it', detail: 'A key that exists is never written; its job is skipped.' },
  'if-newer': {
    label: 'Replace if newer',
    detail: 'Only where the source was changed later. Where a time is not known: as “if different”.',
  },
  'if-different': {
    label: 'Replace if different',
    detail: 'An asset with the same bytes is skipped, another one replaced. Headers and metadata are not compared.',
  },
  always: { label: 'Replace always', detail: 'Every asset is written again.' },
};

const PROOF_LABELS: Readonly<Record<ProofRung, { readonly label: string; readonly detail: string }>> = {
  checksum: { label: 'Checksum', detail: 'The destination computes the same digest as we do.' },
  etag: { label: 'ETag', detail: 'Or the ETag of its parts equals ours.' },
  're-read': { label: 'Re-read', detail: 'Or it is read back and hashed. Costs a download.' },
  'size-only': { label: 'Size only', detail: 'Or just the number of bytes agrees. The best that is possible is kept.' },
};

export interface PolicyFormProps {
  readonly draft: MigrationDraft;
  readonly complaints: Complaints;
  /** Of the destination, once one is chosen. */
  readonly destination: ProviderDescriptor | undefined;
  /** Named assets are all wanted. */
  readonly isList: boolean;
  readonly onChange: (changed: Partial<MigrationDraft>) => void;
}

/** A stronger proof that was asked for stays. */
function asMove(minimumProof: ProofRung): Partial<MigrationDraft> {
  return { afterCopy: 'delete-source', minimumProof: allowsRemoval(minimumProof) ? minimumProof : MOVE_PROOF };
}

export function PolicyForm({ draft, complaints, destination, isList, onChange }: PolicyFormProps) {
  const queues = useHouse((house) => house.queues);
  const bestProof = destination?.capabilities.bestProof;
  const isMove = draft.afterCopy === 'delete-source';
  const isBeyond = bestProof !== undefined && !proofHolds(bestProof, draft.minimumProof);
  return (
    <section className={styles.port} aria-label="Selection and policies">
      <div className={styles.caption}>
        <span className={styles.square} />
        <h2>Selection and policies</h2>
      </div>
      <TextField
        label="Name (optional)"
        value={draft.name}
        onChange={(name) => onChange({ name })}
        placeholder="Made from source and destination"
        failure={complaints.name}
      />
      <Select
        label="If it exists"
        value={draft.overwrite}
        choices={OVERWRITE_POLICIES.map((value) => ({ value, ...OVERWRITE_LABELS[value] }))}
        onChange={(overwrite) => onChange({ overwrite })}
        help={OVERWRITE_LABELS[draft.overwrite].detail}
        failure={complaints['policies.overwrite']}
      />
      <Select
        label="Proof at least"
        value={draft.minimumProof}
        choices={[...PROOF_RUNGS].reverse().map((value) => ({
          value,
          label: PROOF_LABELS[value].label,
          detail: PROOF_LABELS[value].detail,
        }))}
        onChange={(minimumProof) => onChange({ minimumProof })}
        help={
          isBeyond
            ? `${destination?.label ?? 'The destination'} cannot reach this: such a migration is refused.`
            : 'A job that proves less is failed, never called completed.'
        }
        failure={complaints['policies.minimumProof']}
      />
      <Checkbox
        label="Delete each source after its copy"
        checked={isMove}
        onChange={(checked) => onChange(checked ? asMove(draft.minimumProof) : { afterCopy: 'keep' })}
      />
      {isMove && (
        <p className={styles.fact}>
          A source goes when its copy is proven by ETag or checksum and recorded. It stays when it changed since, or
          when the destination had the same bytes before. Nothing here brings a deleted source back.
        </p>
      )}
      {complaints['policies.afterCopy'] !== undefined && <FailureNote failure={complaints['policies.afterCopy']} />}
      {bestProof !== undefined && (
        <p className={styles.fact}>
          The destination reaches at best <ProofLadder proof={bestProof} />
        </p>
      )}
      <Select
        label="Queue"
        value={draft.queue}
        choices={queues.map(({ name, concurrency }) => ({
          value: name,
          label: name,
          detail: `${formatNumberOf(concurrency, 'berth')}`,
        }))}
        onChange={(queue) => onChange({ queue })}
        failure={complaints.queue}
      />
      <OptionsForm
        draft={draft}
        complaints={complaints}
        destination={destination}
        isList={isList}
        onChange={onChange}
      />
    </section>
  );
}
