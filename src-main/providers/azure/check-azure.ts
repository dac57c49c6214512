/**
 * Owns the connection test of a container: name, connection, signature, and what the role needs. Leaves nothing behind.
 * Called by azure-provider.ts.
 */
import { FailureError } from '../../../src-shared/model/failure.ts';
import type { CheckReport, LocationRole } from '../../../src-shared/model/provider.ts';
import { type CheckedPlace, readingActions, writingActions } from '../check-actions.ts';
import { type CheckAction, type CheckFindings, runCheck } from '../check-steps.ts';
import type { AzureClient } from './azure-client.ts';
import { assertContainerName } from './azure-settings.ts';

export function checkAzure(place: CheckedPlace, client: AzureClient, role: LocationRole): Promise<CheckReport> {
  const { container, signal } = place;
  const { fields } = client.settings;
  const findings: CheckFindings = { remarks: [], sampleKeys: [] };
  const steps: readonly CheckAction[] = [
    { name: 'name', field: 'container', run: () => assertContainerName(container) },
    { name: 'connect', field: fields.address, run: () => client.reach(signal) },
    { name: 'sign', field: fields.secret, run: () => signStep(place) },
  ];
  if (role === 'source') return runCheck([...steps, ...readingActions(place, findings)], findings, signal);
  const { actions, tidy } = writingActions(place, findings);
  return runCheck([...steps, ...actions], findings, signal, tidy);
}

/** Listing is the smallest request that says why it was refused. A missing right to list is the next step's matter. */
async function signStep({ provider, container, prefix, signal }: CheckedPlace): Promise<void> {
  try {
    await provider.list(container, prefix, { position: null, limit: 1, signal });
  } catch (thrown) {
    const isMissingRight = thrown instanceof FailureError && thrown.failure.code === 'permission-denied';
    if (!isMissingRight) throw thrown;
  }
}
