/** Owns how a plan reads: its classes, its state, its money. Pure. Used by the plan screen. */
import type { PlanChoice, PlanClass, PlanRequests, PlanView } from '../../../src-shared/model/plan.ts';
import { formatCount } from '../../format/count.ts';

export const CLASS_WORDS: Readonly<Record<PlanClass, { readonly word: string; readonly meaning: string }>> = {
  new: { word: 'New', meaning: 'Nothing has the key.' },
  changed: { word: 'Changed', meaning: 'Another asset has the key.' },
  unknown: { word: 'Unknown', meaning: 'The same size; only reading both can tell.' },
  identical: { word: 'Identical', meaning: 'The same asset is there.' },
  conflicting: { word: 'Conflicting', meaning: 'Two would become one.' },
  refused: { word: 'Refused', meaning: 'The destination cannot hold it.' },
};

export function stateNote({ state, expiresAtMs }: PlanView, nowMs: number): string {
  switch (state) {
    case 'listing':
      return 'Listing both ends; nothing is written';
    case 'comparing':
      return 'Comparing both ends';
    case 'ready':
      return `Nothing was written; kept for ${Math.max(1, Math.round((expiresAtMs - nowMs) / 3_600_000))} h, or until Transship ends`;
    case 'failed':
      return 'It could not be made';
    case 'handing-over':
      return 'Handing it over';
    case 'submitted':
      return 'It was run';
  }
}

/** Whether a run with this choice moves what is in the class. */
export function fateOf({ moves, lookalikes }: PlanView, { withLookalikes }: PlanChoice, planClass: PlanClass): string {
  if (planClass === 'conflicting' && withLookalikes && lookalikes > 0) return `${formatCount(lookalikes)} of them move`;
  return moves.includes(planClass) ? 'moves' : 'stays';
}

/** "about $4.20": two figures, more would pretend to know. */
export function formatUsd(usd: number | null): string {
  if (usd === null) return 'no list price';
  if (usd === 0) return '$0';
  if (usd < 0.01) return 'less than 1 cent';
  const rough = Number(usd.toPrecision(2));
  return `about $${rough < 100 ? rough.toFixed(2) : formatCount(rough)}`;
}

/** "list 12, head 300, get 200, put 200": those that there are. */
export function requestWords(requests: PlanRequests): string {
  const words = (['list', 'head', 'get', 'put', 'parts'] as const)
    .filter((name) => requests[name] > 0)
    .map((name) => `${name} ${formatCount(requests[name])}`);
  return words.length === 0 ? 'none' : words.join(', ');
}
