/** Owns what a running job is said to be doing, by the step it is in. Pure. Used by the overview and by rows of jobs. */
import type { TransferStep } from '../../src-shared/model/job.ts';

export const STEP_WORDS: Readonly<Record<TransferStep, string>> = {
  resolve: 'looking up',
  open: 'opening',
  spool: 'reading',
  upload: 'writing',
  verify: 'verifying',
  publish: 'publishing',
};
