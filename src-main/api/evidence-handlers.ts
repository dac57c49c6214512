/**
 * Owns the commands about what a team takes away from a migration. Must not know formats (src-main/evidence does) or
 * transports. Part of handlers.ts.
 */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DOWNLOAD_PATH } from '../../src-shared/contract/channel.ts';
import type { EvidenceOrder } from '../../src-shared/model/evidence.ts';
import { fail } from '../../src-shared/model/failure.ts';
import type { Coordinator } from '../engine/coordinator.ts';
import { migrationOf } from '../engine/verbs/steer-migration.ts';
import { type EvidenceFile, openEvidence, previewEvidence } from '../evidence/open-evidence.ts';
import type { Ports } from '../ports.ts';
import type { EvidenceLinks } from './evidence-links.ts';
import type { Handlers } from './handler-map.ts';

type EvidenceHandlers = Pick<Handlers, 'evidence.preview' | 'evidence.save'>;

export function evidenceHandlers(coordinator: Coordinator, ports: Ports, links: EvidenceLinks): EvidenceHandlers {
  const open = async (order: EvidenceOrder): Promise<EvidenceFile> => {
    const migration = await coordinator.call((desk) => ({ ...migrationOf(desk, order.migrationId) }));
    return openEvidence(migration, order, coordinator.store.readEvidence);
  };
  return {
    'evidence.preview': async (order) => previewEvidence(await open(order)),
    'evidence.save': async (order) => {
      const file = await open(order);
      if (ports.desktop === null) return { kind: 'link', path: DOWNLOAD_PATH + links.add(file) };
      const path = await ports.desktop.chooseFile(file.fileName);
      if (path === null) return { kind: 'closed' };
      await writeWhole(file, path);
      return { kind: 'saved', path };
    },
  };
}

/** Under its name only when it is whole. */
async function writeWhole({ chunks }: EvidenceFile, path: string): Promise<void> {
  const fresh = `${path}.part`;
  try {
    await pipeline(Readable.from(chunks()), createWriteStream(fresh, { flush: true }));
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true });
    if (isSystemError(error)) {
      fail('permission-denied', `The file could not be written: ${error.message}`, { hint: 'Choose another place.' });
    }
    throw error;
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error;
}
