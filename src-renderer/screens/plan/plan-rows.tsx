/** Owns the table of one class of a plan: key, where it goes, sizes, why. Must not hold which class it is. */
import type { PlanClass, PlanRow } from '../../../src-shared/model/plan.ts';
import { formatBytes } from '../../format/bytes.ts';
import { formatCount } from '../../format/count.ts';
import { AssetKey } from '../../parts/asset-key.tsx';
import { Button } from '../../parts/button.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { FailureNote } from '../../parts/failure-note.tsx';
import styles from './plan-rows.module.css';
import { CLASS_WORDS } from './plan-words.ts';
import { usePlanRows } from './use-plan-rows.ts';

export interface PlanRowsProps {
  readonly planId: number;
  readonly planClass: PlanClass;
  readonly search: string;
}

export function PlanRows({ planId, planClass, search }: PlanRowsProps) {
  const { rows, count, failure, more } = usePlanRows(planId, planClass, search);
  const { word, meaning } = CLASS_WORDS[planClass];
  const rest = (count ?? 0) - rows.length;
  if (failure !== null) {
    return (
      <FailureNote
        failure={failure}
        action={
          <Button size="small" onClick={more}>
            Try again
          </Button>
        }
      />
    );
  }
  if (count === 0) {
    return (
      <EmptyState title={search === '' ? `Nothing is ${word.toLowerCase()}.` : 'No key matches.'} text={meaning} />
    );
  }
  return (
    <>
      <table className={styles.table} aria-label={`${word} assets`} aria-busy={count === null}>
        <thead>
          <tr>
            <th scope="col">Source</th>
            <th scope="col">Destination</th>
            <th scope="col" className={styles.number}>
              Size
            </th>
            <th scope="col" className={styles.number}>
              There
            </th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={`${row.sourceKey} ${row.destinationKey}`} row={row} />
          ))}
        </tbody>
      </table>
      {rest > 0 && (
        <div className={styles.more}>
          <Button onClick={more}>Show more</Button>
          <span>{formatCount(rest)} more</span>
        </div>
      )}
    </>
  );
}

function Row({ row }: { readonly row: PlanRow }) {
  const { sourceKey, destinationKey, sizeBytes, there, reason } = row;
  return (
    <tr>
      <td>
        <AssetKey value={sourceKey} />
      </td>
      <td>
        <AssetKey value={destinationKey} />
      </td>
      <td className={styles.number}>{formatBytes(sizeBytes)}</td>
      <td className={styles.number}>{there === null ? '' : formatBytes(there.sizeBytes)}</td>
      <td className={styles.why} title={reason}>
        {reason}
      </td>
    </tr>
  );
}
