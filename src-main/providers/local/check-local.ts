/**
 * Owns the connection test of local disk: is the folder there, can it be listed and read, or written and tidied.
 * Leaves nothing behind. Called by local-provider.ts.
 */
import { randomUUID } from 'node:crypto';
import { fail } from '../../../src-shared/model/failure.ts';
import type { CheckReport, LocationRole } from '../../../src-shared/model/provider.ts';
import { type CheckAction, type CheckFindings, runCheck, SAMPLE_KEYS } from '../check-steps.ts';
import type { Provider, WriteBody } from '../provider.ts';
import type { Folders } from './folders.ts';
import { statFileSystem } from './fs-calls.ts';

const TEST_BYTES = Buffer.from('This file tests whether assets can be written here. It may be deleted.\n');

export async function checkLocal(
  provider: Provider,
  folders: Folders,
  at: { readonly container: string; readonly prefix: string; readonly role: LocationRole },
  signal: AbortSignal,
): Promise<CheckReport> {
  const findings: CheckFindings = { remarks: [], sampleKeys: [] };
  const name: CheckAction = { name: 'name', run: () => folders.assertRootExists(at.container) };
  const actions =
    at.role === 'source'
      ? sourceActions(provider, at.container, at.prefix, findings, signal)
      : destinationActions(provider, at.container, at.prefix, findings, signal);
  return runCheck([name, ...actions], findings, signal);
}

function sourceActions(
  provider: Provider,
  container: string,
  prefix: string,
  findings: CheckFindings,
  signal: AbortSignal,
): readonly CheckAction[] {
  return [
    {
      name: 'list',
      run: async () => {
        const page = await provider.list(container, prefix, { position: null, limit: SAMPLE_KEYS, signal });
        findings.sampleKeys.push(...page.assets.map((asset) => asset.key));
        if (page.assets.length === 0) findings.remarks.push('There are no files here.');
      },
    },
    {
      name: 'read',
      run: async () => {
        const [key] = findings.sampleKeys;
        if (key === undefined) return;
        const opened = await provider.open(container, key, { signal });
        opened.close();
      },
    },
  ];
}

function destinationActions(
  provider: Provider,
  container: string,
  prefix: string,
  findings: CheckFindings,
  signal: AbortSignal,
): readonly CheckAction[] {
  const mark = randomUUID();
  // Beside the root's own files: making the prefix's folders would leave them behind.
  const key = `transship-test-${mark}.txt`;
  return [
    {
      name: 'write',
      run: async () => {
        if (prefix !== '') provider.assertKey(container, `${prefix}${key}`);
        await provider.write(container, key, testBody(), {
          headers: {},
          metadata: {},
          modifiedAtMs: null,
          onlyIfAbsent: true,
          token: mark,
          onProgress: () => undefined,
          signal,
        });
      },
    },
    {
      name: 'read',
      run: async () => {
        const head = await provider.head(container, key, signal);
        if (head?.sizeBytes === TEST_BYTES.byteLength) return;
        fail('unexpected', 'The test file is not there, or not whole, right after it was written.');
      },
    },
    { name: 'delete', run: () => provider.remove(container, key, signal) },
    {
      name: 'space',
      run: async () => {
        const { bavail, bsize } = await statFileSystem(container);
        findings.remarks.push(`${((bavail * bsize) / 1e9).toFixed(1)} GB free on this disk.`);
      },
    },
  ];
}

function testBody(): WriteBody {
  return {
    sizeBytes: TEST_BYTES.byteLength,
    buffer: TEST_BYTES,
    digests: async () => ({}),
    open: () => {
      throw new Error('A body with a buffer is not opened.');
    },
  };
}
