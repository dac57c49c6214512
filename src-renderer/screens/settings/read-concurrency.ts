/** Owns reading a queue's concurrency from what was typed; the limits are the command's own schema. Pure. */
import { commands } from '../../../src-shared/contract/commands.ts';

/** null: not a number that a queue can have. */
export function readConcurrency(typed: string): number | null {
  if (!/^\d+$/.test(typed.trim())) return null;
  const parsed = commands['queue.update'].params.shape.concurrency.safeParse(Number(typed));
  return parsed.success ? (parsed.data ?? null) : null;
}
