/**
 * Owns the connection test of a bucket: name, connection, signature, and what the role needs. Leaves nothing behind.
 * Called by s3-provider.ts.
 */
import { FailureError } from '../../../src-shared/model/failure.ts';
import type { CheckReport, LocationRole } from '../../../src-shared/model/provider.ts';
import { type CheckedPlace, readingActions, writingActions } from '../check-actions.ts';
import { type CheckAction, type CheckFindings, runCheck } from '../check-steps.ts';
import { positionAfter } from './key-range.ts';
import { probeQuirks, tellQuirks } from './probe-quirks.ts';
import type { S3Client } from './s3-client.ts';
import { bucketAddress } from './s3-settings.ts';

/** Clocks that differ less are no news; services allow 15 minutes. */
const NOTABLE_CLOCK_OFFSET_MS = 5_000;

export function checkS3(place: CheckedPlace, client: S3Client, role: LocationRole): Promise<CheckReport> {
  const { container, signal } = place;
  const findings: CheckFindings = { remarks: [], sampleKeys: [] };
  const steps: readonly CheckAction[] = [
    {
      name: 'name',
      field: 'container',
      run: () => {
        bucketAddress(client.settings, container);
      },
    },
    { name: 'connect', field: 'options.endpoint', run: () => client.reach(container, signal) },
    { name: 'sign', field: 'secrets.secretAccessKey', run: () => signStep(place, client, findings) },
  ];
  if (role === 'source') {
    const further: CheckAction = { name: 'list', field: 'container', run: () => listFurther(place, findings) };
    return runCheck([...steps, ...readingActions(place, findings), further], findings, signal);
  }
  let etagIsMd5 = false;
  const { actions, tidy } = writingActions(
    place,
    findings,
    ({ vouches }) => {
      etagIsMd5 = vouches !== null;
    },
    async (key) => {
      findings.remarks.push(...tellQuirks(await probeQuirks(place, client, key, etagIsMd5)));
    },
  );
  return runCheck([...steps, ...actions], findings, signal, tidy);
}

/** A service that cannot go on after a key is found out now, not after the first page of a migration. */
async function listFurther({ provider, container, prefix, signal }: CheckedPlace, { sampleKeys }: CheckFindings) {
  const [key] = sampleKeys;
  if (key !== undefined) await provider.list(container, prefix, { position: positionAfter(key), limit: 1, signal });
}

/** Listing is the smallest request that says why it was refused. A missing right to list is the next step's matter. */
async function signStep(
  { provider, container, prefix, signal }: CheckedPlace,
  client: S3Client,
  findings: CheckFindings,
): Promise<void> {
  try {
    await provider.list(container, prefix, { position: null, limit: 1, signal });
  } catch (thrown) {
    const isMissingRight = thrown instanceof FailureError && thrown.failure.code === 'permission-denied';
    if (!isMissingRight) throw thrown;
  }
  const offsetMs = Math.abs(client.clockOffsetMs);
  if (offsetMs < NOTABLE_CLOCK_OFFSET_MS) return;
  findings.remarks.push(
    `The clock of this computer differs by ${Math.round(offsetMs / 1_000)} s; requests allow for it.`,
  );
}
