/**
 * Owns one attempt from order to report: resolve → open → spool → upload → verify → publish, and what is left behind
 * when it ends before the last. Must not know messages or other attempts. Called by worker.ts.
 */
import type { AttemptReport } from '../../src-shared/contract/worker-messages.ts';
import { type FailureCode, toFailure } from '../../src-shared/model/failure.ts';
import type { TransferResult } from '../../src-shared/model/job.ts';
import { readLostTries } from '../../src-shared/model/lost-tries.ts';
import type { ProofRung } from '../../src-shared/model/proof.ts';
import { allowsRemoval } from '../../src-shared/model/source-removal.ts';
import type { WriteResult } from '../providers/provider.ts';
import { AttemptAborted } from './abort.ts';
import type { Attempt } from './attempt.ts';
import { copyThere } from './copy-there.ts';
import { assertSourceUnchanged, assertVouchedDigests, readSource, type SpooledAsset } from './read-source.ts';
import { type Resolution, resolveDestination, type Skip } from './resolve-destination.ts';
import { Spool } from './spool.ts';
import { tagsToWrite } from './tags-to-write.ts';
import { compareWithThere, verifyDestination } from './verify-destination.ts';
import { giveUpUpload, type WritePlan, withdrawWritten, writeDestination } from './write-destination.ts';

/** Runs to its end, whatever happens. A spool stays only where another attempt may go on with it. Never rejects. */
export async function runAttempt(attempt: Attempt): Promise<AttemptReport> {
  const spool = new Spool({
    folder: attempt.spoolFolder,
    owner: attempt.order,
    memoryBytes: attempt.memorySpoolBytes,
  });
  const report = await runSteps(attempt, spool);
  await giveUpWhatIsUseless(attempt, report, spool.kind === 'none' && !goesOnLater(report));
  await removeWhatWasLost(attempt);
  const ending = goesOnLater(report) ? spool.leave() : spool.discard();
  await ending.catch((thrown: unknown) => attempt.warn(`spool not removed: ${toFailure(thrown).message}`));
  return report;
}

/** Another attempt at the same bytes will come, and what is here already need not be read again. */
function goesOnLater(report: AttemptReport): boolean {
  if (report.kind === 'aborted') return report.reason !== 'cancel';
  return report.kind === 'failed' && report.failure.retryable && !LEAVES_NOTHING.has(report.failure.code);
}

async function runSteps(attempt: Attempt, spool: Spool): Promise<AttemptReport> {
  try {
    return await moveAsset(attempt, spool);
  } catch (thrown) {
    const reason: unknown = attempt.signal.reason;
    if (attempt.signal.aborted && reason instanceof AttemptAborted) {
      return { kind: 'aborted', reason: reason.abortReason };
    }
    return { kind: 'failed', failure: toFailure(thrown), step: attempt.meter.step() };
  }
}

/**
 * The finished parts of a large write stay for the next attempt, unless there will be none, it would send other bytes, or
 * somebody else was faster. What cannot be given up now, the sweep gives up.
 */
async function giveUpWhatIsUseless(
  { note, order, destination, warn }: Attempt,
  report: AttemptReport,
  isForgotten: boolean,
): Promise<void> {
  const mark = note.unfinished;
  const isUseless =
    report.kind === 'skipped' ||
    // Nobody knows again what passed: a full disk has more use for its room.
    (report.kind === 'failed' && isForgotten) ||
    // The asset has become so small that it was sent as a whole, or nothing had to be sent any more.
    (report.kind === 'completed' && (report.result.spool === 'memory' || report.result.stepMs.upload === undefined)) ||
    (report.kind === 'aborted' && report.reason === 'cancel') ||
    (report.kind === 'failed' && LEAVES_NOTHING.has(report.failure.code));
  if (mark === null || !isUseless) return;
  const { container, key } = order.destination;
  await giveUpUpload(destination, container, key, mark, new AbortController().signal).catch((thrown: unknown) =>
    warn(`an unfinished upload was not given up: ${toFailure(thrown).message}`),
  );
}

/** Earlier attempts whose process ended could not tidy up. */
async function removeWhatWasLost({ order, destination, warn }: Attempt): Promise<void> {
  const { unfinishedUpload: mark } = order;
  if (mark === null || readLostTries(mark) === null) return;
  const { container, key } = order.destination;
  await giveUpUpload(destination, container, key, mark, new AbortController().signal).catch((thrown: unknown) =>
    warn(`what a lost attempt left was not removed: ${toFailure(thrown).message}`),
  );
}

const LEAVES_NOTHING: ReadonlySet<FailureCode> = new Set(['checksum-mismatch', 'source-changed', 'already-exists']);

async function moveAsset(attempt: Attempt, spool: Spool): Promise<AttemptReport> {
  const resolution = await resolveDestination(attempt, true);
  if (resolution.kind === 'skip') return skipped(attempt, resolution.skip);
  if (resolution.isApart) await attempt.apart.seen();

  const tags = await tagsToWrite(attempt);
  const copied = resolution.lookalike === null ? await copyThere(attempt, { ...resolution, tags }) : null;
  if (copied !== null && copied !== 'unproven') return { kind: 'completed', result: copied };
  const onlyIfAbsent = resolution.onlyIfAbsent && copied === null;

  const asset = await readSource(attempt, spool, resolution.lookalike === null && !restsInMemory(attempt));
  try {
    return await deliver(attempt, spool, asset, { ...resolution, tags, onlyIfAbsent });
  } catch (thrown) {
    if (!resolution.isGuess || toFailure(thrown).code !== 'already-exists') throw thrown;
    attempt.absence.saw(attempt.order.destination, true);
    const known = await resolveDestination(attempt, false);
    return known.kind === 'skip'
      ? skipped(attempt, known.skip)
      : await deliver(attempt, spool, asset, { ...known, tags });
  } finally {
    await asset.close();
  }
}

async function deliver(
  attempt: Attempt,
  spool: Spool,
  asset: SpooledAsset,
  plan: Exclude<Resolution, { kind: 'skip' }> & WritePlan,
): Promise<AttemptReport> {
  if (plan.lookalike !== null) {
    await assertVouchedDigests(asset.head, asset.body);
    const proof = await compareWithThere(attempt, asset.body, plan.lookalike);
    if (proof !== null) {
      return skipped(attempt, {
        reason: 'already there, same bytes',
        proof,
        there: plan.lookalike,
        digests: asset.body.knownDigests(),
        sourceVersion: asset.head.versionToken ?? null,
      });
    }
  }

  const written = await writeDestination(attempt, asset, plan);
  try {
    const proof = await verifyDestination(attempt, asset, written);
    attempt.meter.enter('publish');
    // The write made it visible, whole, in one stroke; what is left is to be sure of the version that was copied.
    if (asset.wasLong) await assertSourceUnchanged(attempt, asset.head);
    attempt.signal.throwIfAborted();
    return await completed(attempt, asset, written, proof, kindOf(asset, spool));
  } catch (thrown) {
    // Unproven bytes under a key that was free would later pass for an asset that was always there. What may have been
    // there before we came is not ours to remove. Those of a move are known as its own; taken back late, by a worker whose
    // house is dead, they could be the only copy by then.
    if (plan.onlyIfAbsent && written.isAnswered && attempt.order.policies.afterCopy === 'keep') {
      const left = await withdrawWritten(attempt, written, asset.body.sizeBytes);
      if (left !== null) attempt.warn(`what was written was not removed: ${left.message}`);
    }
    throw thrown;
  }
}

/** What came in one answer is not worth being handed on while it arrives. */
function restsInMemory({ order, memorySpoolBytes }: Attempt): boolean {
  return order.sizeBytes !== null && order.sizeBytes <= memorySpoolBytes;
}

/** Nothing was spooled of what is read again from its source, or passed. */
function kindOf({ body }: SpooledAsset, spool: Spool): 'memory' | 'file' | 'none' {
  return spool.sizeBytes === 0 && body.sizeBytes > 0 ? 'none' : spool.kind;
}

async function completed(
  attempt: Attempt,
  { head, body }: SpooledAsset,
  written: WriteResult,
  proof: ProofRung,
  spool: 'memory' | 'file' | 'none',
): Promise<AttemptReport> {
  // One more digest costs nothing while the bytes are in memory.
  if (body.buffer !== null) await body.digest('sha256');
  return {
    kind: 'completed',
    result: {
      sizeBytes: body.sizeBytes,
      digests: { ...(proof === 'checksum' ? head.digests : {}), ...body.knownDigests() },
      proof,
      headers: { ...head.headers, ...attempt.order.content.headers },
      sourceVersion: head.versionToken ?? null,
      destinationVersion: written.versionToken,
      spool,
      stepMs: attempt.meter.stepMs(),
    },
  };
}

function skipped(attempt: Attempt, { reason, proof, there, digests, sourceVersion }: Skip): AttemptReport {
  const result: TransferResult = {
    sizeBytes: there.sizeBytes,
    digests,
    proof,
    headers: there.headers,
    sourceVersion,
    destinationVersion: there.versionToken ?? null,
    spool: 'none',
    stepMs: attempt.meter.stepMs(),
  };
  // An earlier attempt of this move saw that they were two, and was lost after it had written: it is this job's copy.
  const isOwnCopy = attempt.apart.isApart && allowsRemoval(proof);
  return isOwnCopy ? { kind: 'completed', result } : { kind: 'skipped', reason, result };
}
