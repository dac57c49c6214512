/**
 * Owns the step `verify`: how it is known that the destination holds our bytes. Must not write. Called by
 * run-attempt.ts and, to recognise its own earlier try, by write-destination.ts.
 */
import { createHash } from 'node:crypto';
import type { AssetHead } from '../../src-shared/model/asset.ts';
import { fail, toFailure } from '../../src-shared/model/failure.ts';
import { type ProofRung, proofHolds } from '../../src-shared/model/proof.ts';
import type { WriteResult } from '../providers/provider.ts';
import { type Attempt, OTHERS_WAIT_MS } from './attempt.ts';
import { notDripped } from './least-speed.ts';
import { assertVouchedDigests, type SpooledAsset } from './read-source.ts';
import { DIGEST_NAMES, type DigestName, type SpooledBody } from './spool.ts';
import { watchCall } from './watch-call.ts';

/**
 * The rung that holds. Free when the write vouched for itself; else the destination is read back and hashed; where it
 * can not be read, its size must agree. Throws `checksum-mismatch` when the bytes differ or the minimum is not reached.
 */
export async function verifyDestination(
  attempt: Attempt,
  { head, body }: SpooledAsset,
  written: WriteResult,
): Promise<ProofRung> {
  attempt.meter.enter('verify');
  // Whatever the destination compared, it was not the source's own digest of the whole: that is still to be done.
  if (written.vouches !== 'checksum') await assertVouchedDigests(head, body);
  if (written.vouches === 're-read') await assertStillThere(attempt, written);
  const rung = written.vouches ?? (await lookForProof(attempt, body));
  const { minimumProof } = attempt.order.policies;
  if (!proofHolds(rung, minimumProof)) {
    fail('checksum-mismatch', `The transfer is proven by "${rung}" and "${minimumProof}" was asked for.`, {
      hint: 'The destination did not give the stronger proof this time. Ask for less, or choose another destination.',
      retryable: false,
    });
  }
  return rung;
}

/** What was read back before anybody could see it must be what everybody sees now. */
async function assertStillThere(attempt: Attempt, { versionToken }: WriteResult): Promise<void> {
  const { container, key } = attempt.order.destination;
  const there = await watchCall(attempt, 'The destination', (signal) =>
    attempt.destination.head(container, key, signal),
  );
  if (there?.versionToken === versionToken) return;
  fail('checksum-mismatch', 'The destination does not hold what was just written to it.', {
    hint: 'Somebody else wrote to the same key, or removed it.',
  });
}

async function lookForProof(attempt: Attempt, body: SpooledBody): Promise<ProofRung> {
  if (attempt.destination.descriptor.capabilities.canRead) {
    if (await holdsSameBytes(attempt, body)) return 're-read';
    return fail('checksum-mismatch', 'The destination does not hold the bytes that were written to it.', {
      hint: 'The asset was damaged on the way or there, or somebody else wrote to the same key.',
    });
  }
  const { container, key } = attempt.order.destination;
  const there = await watchCall(attempt, 'The destination', (signal) =>
    attempt.destination.head(container, key, signal),
  );
  if (there?.sizeBytes === body.sizeBytes) return 'size-only';
  return fail('checksum-mismatch', `The destination holds ${there?.sizeBytes ?? 'no'} bytes of ${body.sizeBytes}.`, {
    hint: 'The asset was cut on the way.',
  });
}

/**
 * How strongly it is known that `there`, which the destination holds already, has our bytes; null when it has not.
 * Free when the destination vouches for a digest; else it is read.
 */
export async function compareWithThere(
  attempt: Attempt,
  body: SpooledBody,
  there: AssetHead,
): Promise<ProofRung | null> {
  attempt.meter.enter('verify');
  const name = vouchedDigest(there);
  if (name !== null) return there.digests[name] === (await body.digest(name)) ? 'checksum' : null;
  return (await holdsSameBytes(attempt, body)) ? 're-read' : null;
}

/** The digest that can be compared without reading the asset; null when there is none. */
export function vouchedDigest(there: AssetHead): DigestName | null {
  return DIGEST_NAMES.find((name) => there.digests[name] !== undefined) ?? null;
}

/** Reads the destination and compares its sha256 with the spool's. False too when there is nothing. */
export async function holdsSameBytes(attempt: Attempt, body: SpooledBody): Promise<boolean> {
  const { container, key } = attempt.order.destination;
  return watchCall(attempt, 'The destination', async (signal, alive) => {
    const opened = await attempt.destination.open(container, key, { signal }).catch((thrown: unknown) => {
      if (toFailure(thrown).code === 'not-found') return null;
      throw thrown;
    });
    if (opened === null) return false;
    // What is read from a disk of this machine takes nothing from anybody's line.
    const isOnTheLine = attempt.pace.isCapped && !attempt.destination.descriptor.capabilities.rereads;
    try {
      if (opened.head.sizeBytes >= 0 && opened.head.sizeBytes !== body.sizeBytes) return false;
      const hashing = createHash('sha256');
      for await (const chunk of notDripped(opened.body, attempt.patience.slowMs, 'The destination')) {
        signal.throwIfAborted();
        if (isOnTheLine) {
          alive(OTHERS_WAIT_MS);
          await attempt.pace.take('read', chunk.length, signal);
        }
        alive(attempt.patience.stallMs);
        hashing.update(chunk);
      }
      return hashing.digest('hex') === (await body.digest('sha256'));
    } finally {
      opened.close();
    }
  });
}
