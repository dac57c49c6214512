/**
 * Owns somebody who reads a destination all the time, as a visitor of a site would: what is there must be whole. Must
 * not know what is done to the writers. Used by exactly-once.ts.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Provider } from '../../src-main/providers/provider.ts';
import { createProvider } from '../../src-main/providers/registry.ts';
import { toFailure } from '../../src-shared/model/failure.ts';
import type { Place, TransferHouse } from './transfer-house.ts';

export interface DestinationReader {
  stop(): Promise<{ readonly looks: number; readonly torn: readonly string[] }>;
}

const PAUSE_MS = 2;
/** Of more than this only the size is asked for. */
const READ_WHOLE_BYTES = 1024 * 1024;

export function watchDestination(
  here: TransferHouse,
  { accountId, container }: Place,
  expected: ReadonlyMap<string, Buffer>,
): DestinationReader {
  const onDisk = accountId === 'this-computer';
  const torn: string[] = [];
  let looks = 0;
  let isOver = false;

  async function look(service: Provider, key: string, bytes: Buffer): Promise<void> {
    const landed = onDisk ? readFile(join(container, key)) : await readObject(service, container, key, bytes.length);
    looks += 1;
    if (landed === null) return;
    const isWhole = typeof landed === 'number' ? landed === bytes.length : landed.equals(bytes);
    if (!isWhole) torn.push(`a reader saw ${typeof landed === 'number' ? landed : landed.length} bytes of ${key}`);
  }

  async function lookAround(): Promise<void> {
    const { accessKeyId, secretAccessKey, region } = here.s3.keys;
    const options = { endpoint: here.s3.endpoint, region, accessKeyId };
    const service = await createProvider('s3', { options, secrets: { secretAccessKey } });
    while (!isOver) {
      for (const [key, bytes] of expected) await look(service, key, bytes);
      await sleep(PAUSE_MS);
    }
    await service.close();
  }

  const looking = lookAround();
  return {
    async stop() {
      isOver = true;
      await looking;
      return { looks, torn };
    },
  };
}

function readFile(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    // Not there yet.
    return null;
  }
}

async function readObject(
  service: Provider,
  container: string,
  key: string,
  sizeBytes: number,
): Promise<Buffer | number | null> {
  const { signal } = new AbortController();
  const isLarge = sizeBytes > READ_WHOLE_BYTES;
  try {
    const range = isLarge ? { range: { first: 0, last: 0 } } : {};
    const opened = await service.open(container, key, { ...range, signal });
    const chunks: Uint8Array[] = [];
    for await (const chunk of opened.body) chunks.push(chunk);
    return isLarge ? opened.head.sizeBytes : Buffer.concat(chunks);
  } catch (error) {
    if (toFailure(error).code === 'not-found') return null;
    throw error;
  }
}
