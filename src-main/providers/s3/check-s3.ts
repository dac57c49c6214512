/**
 * Owns the connection test of a bucket: name, connection, signature, and what the role needs. Leaves nothing behind.
 * Called by s3-provider.ts.
 */
import { FailureError } from '../../../src-shared/model/failure.ts';
import type { CheckReport, LocationRole } from '../../../src-shared/model/provider.ts';
import { type CheckedPlace, readingActions, writingActions } from '../check-actions.ts';
import { type CheckAction, type CheckFindings, runCheck } from '../check-steps.ts';
import type { S3Client } from './s3-client.ts';
import { bucketAddress } from './s3-settings.ts';

/** Clocks that differ less are no news; services allow 15 minutes. */
const NOTABLE_CLOCK_OFFSET_MS = 5_000;

/** `refusesConditions` tells, after a write, whether the service knows If-None-Match. */
export function checkS3(
  place: CheckedPlace,
  client: S3Client,
  role: LocationRole,
  refusesConditions: () => boolean,
): Promise<CheckReport> {
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
  if (role === 'source') return runCheck([...steps, ...readingActions(place, findings)], findings, signal);
  const { actions, tidy } = writingActions(place, findings, ({ vouches }) => {
    if (vouches === null) findings.remarks.push('ETags here are no checksums: what is written is read back.');
  });
  const conditions: CheckAction = {
    name: 'conditions',
    field: 'container',
    run: () => {
      if (!refusesConditions()) return;
      findings.remarks.push('The service does not know If-None-Match: before a new key is written it is looked for.');
    },
  };
  return runCheck([...steps, ...actions, conditions], findings, signal, tidy);
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
