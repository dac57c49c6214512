/**
 * Owns the connection test of an SFTP server: reached, host key, signed in, folder, and what the role needs. Leaves
 * nothing behind. Called by sftp-provider.ts.
 */
import type { CheckReport, LocationRole } from '../../../src-shared/model/provider.ts';
import { type CheckedPlace, readingActions, writingActions } from '../check-actions.ts';
import { type CheckAction, type CheckFindings, runCheck } from '../check-steps.ts';
import { ConnectFailureError, STAGES } from './connect-sftp.ts';
import type { RemoteFolders } from './remote-folders.ts';
import type { SessionPool } from './session-pool.ts';
import { assertSftpContainer, assertSftpPrefix } from './sftp-key.ts';

export function checkSftp(
  place: CheckedPlace,
  pool: SessionPool,
  folders: RemoteFolders,
  role: LocationRole,
): Promise<CheckReport> {
  const { container, prefix, signal } = place;
  const findings: CheckFindings = { remarks: [], sampleKeys: [] };
  const folder: CheckAction = {
    name: 'folder',
    field: 'container',
    run: async () => {
      await pool.use(signal, (session) => folders.assertRootExists(session, container));
    },
  };
  const name: CheckAction = {
    name: 'name',
    field: 'container',
    run: () => {
      assertSftpContainer(container);
      assertSftpPrefix(prefix);
    },
  };
  const steps = [name, ...connectingActions(pool, signal), folder];
  if (role === 'source') return runCheck([...steps, ...readingActions(place, findings)], findings, signal);
  // Straight in the folder: the prefix may name folders that are not there yet, and making them would leave them behind.
  const { actions, tidy } = writingActions({ ...place, prefix: '' }, findings);
  const server: CheckAction = {
    name: 'server',
    field: 'container',
    run: async () => {
      const { freeBytes, gaps } = await pool.use(signal, async (session) => ({
        freeBytes: await session.freeBytes(container),
        gaps: [...session.gaps],
      }));
      findings.remarks.push(...gaps);
      if (freeBytes !== null)
        findings.remarks.push(`${(freeBytes / 1e9).toFixed(1)} GB free on the disk of the server.`);
    },
  };
  return runCheck([...steps, ...actions, server], findings, signal, tidy);
}

/** One connection is made; each of the steps says whether it came past it. */
function connectingActions(pool: SessionPool, signal: AbortSignal): readonly CheckAction[] {
  let connecting: Promise<ConnectFailureError | null> | null = null;
  return STAGES.map((stage) => ({
    name: stage,
    field: 'options.host',
    run: async () => {
      connecting ??= tryToConnect(pool, signal);
      const refused = await connecting;
      if (refused?.stage === stage) throw refused;
    },
  }));
}

async function tryToConnect(pool: SessionPool, signal: AbortSignal): Promise<ConnectFailureError | null> {
  try {
    const { giveBack } = await pool.borrow(signal);
    giveBack();
    return null;
  } catch (thrown) {
    if (thrown instanceof ConnectFailureError) return thrown;
    throw thrown;
  }
}
