/**
 * Owns one attempt at a notice: by its channel, to its end. Never rejects: whatever happens is the attempt's report.
 * Called by worker.ts.
 */
import type { AttemptReport, NoticeOrder } from '../../../src-shared/contract/worker-messages.ts';
import { toFailure } from '../../../src-shared/model/failure.ts';
import { AttemptAborted } from '../abort.ts';
import { sendEmail } from './send-email.ts';
import { sendWebhook } from './send-webhook.ts';

export async function runNotice(order: NoticeOrder, nowMs: number, signal: AbortSignal): Promise<AttemptReport> {
  const { target, notice, noticeId, secret } = order;
  try {
    if (target.channel === 'webhook') await sendWebhook(target, notice, { noticeId, secret, nowMs, signal });
    else await sendEmail(target, notice, { noticeId, password: secret, signal });
    return { kind: 'delivered' };
  } catch (thrown) {
    if (thrown instanceof AttemptAborted) return { kind: 'aborted', reason: thrown.abortReason };
    return { kind: 'failed', failure: toFailure(thrown), step: 'upload' };
  }
}
