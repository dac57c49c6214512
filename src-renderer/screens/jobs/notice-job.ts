/**
 * Owns how a job that is a notice reads: what it tells, and the rule that asked for it. Its keys are names for the house,
 * not places. Used by the rows of jobs and by the detail pane.
 */
import type { JobRow } from '../../../src-shared/model/job.ts';
import { NOTICE_QUEUE } from '../../../src-shared/model/notice-rule.ts';
import { useHouse } from '../../state/use-house.ts';

/** What a notice tells, "migration-finished:3:1795248577845" in words. Pure. */
export function noticeSubject(sourceKey: string): string {
  const [kind, id] = sourceKey.split(':');
  switch (kind) {
    case 'migration-finished':
      return `Migration ${id} has ended`;
    case 'migration-failing':
      return `Many jobs of migration ${id} fail`;
    case 'schedule-failed':
      return 'A scheduled run failed';
    case 'test':
      return 'A test';
    default:
      return sourceKey;
  }
}

/** null: it is no notice. */
export function useNotice(
  job: Pick<JobRow, 'queue' | 'sourceKey' | 'destinationKey'>,
): { readonly subject: string; readonly rule: string } | null {
  const ruleId = Number.parseInt(job.destinationKey, 10);
  const rule = useHouse((house) => house.noticeRules.find(({ id }) => id === ruleId)?.name ?? 'removed');
  return job.queue === NOTICE_QUEUE ? { subject: noticeSubject(job.sourceKey), rule } : null;
}
