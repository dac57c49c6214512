/**
 * Owns the connection test of a bucket: name, connection, key, and what the role needs. Leaves nothing behind. Called
 * by gcs-provider.ts.
 */
import { FailureError } from '../../../src-shared/model/failure.ts';
import type { CheckReport, LocationRole } from '../../../src-shared/model/provider.ts';
import { type CheckedPlace, readingActions, writingActions } from '../check-actions.ts';
import { type CheckAction, type CheckFindings, runCheck } from '../check-steps.ts';
import type { GcsClient } from './gcs-client.ts';
import { objectsPath } from './paths.ts';

export function checkGcs(place: CheckedPlace, client: GcsClient, role: LocationRole): Promise<CheckReport> {
  const { container, signal } = place;
  const findings: CheckFindings = { remarks: [], sampleKeys: [] };
  const steps: readonly CheckAction[] = [
    {
      name: 'name',
      field: 'container',
      run: () => {
        objectsPath(container);
      },
    },
    { name: 'connect', field: 'options.endpoint', run: () => client.reach(signal) },
    { name: 'sign', field: 'secrets.serviceAccountKey', run: () => signStep(place, client) },
  ];
  if (role === 'source') return runCheck([...steps, ...readingActions(place, findings)], findings, signal);
  const { actions, tidy } = writingActions(place, findings, ({ vouches }) => {
    if (vouches === null) findings.remarks.push('The service tells no digests: what is written is read back.');
  });
  return runCheck([...steps, ...actions], findings, signal, tidy);
}

/** Listing shows whether the service takes the token. A missing right to list is the next step's matter. */
async function signStep({ provider, container, prefix, signal }: CheckedPlace, client: GcsClient): Promise<void> {
  await client.authorize(signal);
  try {
    await provider.list(container, prefix, { position: null, limit: 1, signal });
  } catch (thrown) {
    const isMissingRight = thrown instanceof FailureError && thrown.failure.code === 'permission-denied';
    if (!isMissingRight) throw thrown;
  }
}
