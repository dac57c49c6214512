/**
 * Owns the steps of a connection test that are alike everywhere: list and read a source; write, read back and delete a
 * test asset at a destination. Must not leave the test asset behind. Called by the providers' checks.
 */
import { hash, randomUUID } from 'node:crypto';
import { FailureError, fail, toFailure } from '../../src-shared/model/failure.ts';
import { type CheckAction, type CheckFindings, SAMPLE_KEYS } from './check-steps.ts';
import type { OpenedAsset, Provider, WriteBody, WriteResult } from './provider.ts';

const TEST_BYTES = Buffer.from('This asset tests whether something can be written here. It may be deleted.\n');
/** Tidying after an aborted or failed test has a time of its own. */
const TIDY_TIMEOUT_MS = 3_000;

export interface CheckedPlace {
  readonly provider: Provider;
  readonly container: string;
  readonly prefix: string;
  readonly signal: AbortSignal;
}

/** `onOpened` looks at the first asset that is still there. */
export function readingActions(
  { provider, container, prefix, signal }: CheckedPlace,
  findings: CheckFindings,
  onOpened: (opened: OpenedAsset) => void = () => undefined,
): readonly CheckAction[] {
  return [
    {
      name: 'list',
      field: 'container',
      run: async () => {
        const page = await provider.list(container, prefix, { position: null, limit: SAMPLE_KEYS, signal });
        findings.sampleKeys.push(...page.assets.map((asset) => asset.key));
        if (page.assets.length === 0) findings.remarks.push('There is nothing to move here.');
      },
    },
    {
      name: 'read',
      field: 'container',
      run: async () => {
        let failed: unknown = null;
        for (const key of findings.sampleKeys) {
          try {
            const opened = await provider.open(container, key, { signal });
            onOpened(opened);
            opened.close();
            return;
          } catch (thrown) {
            // Somebody may have removed it since; where none of them is there, listing and reading do not agree.
            if (toFailure(thrown).code !== 'not-found') throw thrown;
            failed = thrown;
          }
        }
        if (failed !== null) throw failed;
      },
    },
  ];
}

export interface WritingCheck {
  readonly actions: readonly CheckAction[];
  /** Removes the test asset if it may still be there. Never rejects. */
  readonly tidy: () => Promise<void>;
}

/** The test asset goes under the prefix. `onWritten` sees the result of the first write, `whileThere` tries more on it. */
export function writingActions(
  { provider, container, prefix, signal }: CheckedPlace,
  findings: CheckFindings,
  onWritten: (result: WriteResult) => void = () => undefined,
  whileThere: ((key: string) => Promise<void>) | null = null,
): WritingCheck {
  const mark = randomUUID();
  const key = `${prefix}transship-test-${mark}.txt`;
  let mayBeThere = false;
  const write = (onlyIfAbsent: boolean): Promise<WriteResult> => {
    const headers = { contentType: 'text/plain' };
    const report = { note: null, onProgress: () => undefined, token: mark, signal };
    return provider.write(container, key, testBody(), {
      headers,
      metadata: {},
      modifiedAtMs: null,
      storageClass: null,
      tags: {},
      acl: null,
      onlyIfAbsent,
      ...report,
    });
  };
  const remove = async (within: AbortSignal): Promise<void> => {
    await provider.remove(container, key, within);
    mayBeThere = false;
  };
  const actions: readonly CheckAction[] = [
    {
      name: 'write',
      field: 'container',
      run: async () => {
        mayBeThere = true;
        onWritten(await write(false));
        if (await isRefused(write(true))) return;
        findings.remarks.push(
          'Something that appears at the same moment may be overwritten: new keys are not kept apart.',
        );
      },
    },
    {
      name: 'read',
      field: 'container',
      run: async () => {
        const head = await provider.head(container, key, signal);
        if (head?.sizeBytes === TEST_BYTES.byteLength) return;
        fail('unexpected', 'The test asset is not there, or not whole, right after it was written.');
      },
    },
    ...(whileThere === null ? [] : [{ name: 'quirks', field: 'container', run: () => whileThere(key) }]),
    { name: 'delete', field: 'container', run: () => remove(signal) },
  ];
  const tidy = async (): Promise<void> => {
    if (!mayBeThere) return;
    await remove(AbortSignal.timeout(TIDY_TIMEOUT_MS)).catch(() => {
      findings.remarks.push(`The test asset ${key} may still be there; it could not be removed.`);
    });
  };
  return { actions, tidy };
}

async function isRefused(writing: Promise<unknown>): Promise<boolean> {
  try {
    await writing;
    return false;
  } catch (thrown) {
    if (thrown instanceof FailureError && thrown.failure.code === 'already-exists') return true;
    throw thrown;
  }
}

function testBody(): WriteBody {
  return {
    sizeBytes: TEST_BYTES.byteLength,
    buffer: TEST_BYTES,
    isWhole: () => true,
    digests: async () => ({ md5: hash('md5', TEST_BYTES), sha256: hash('sha256', TEST_BYTES) }),
    open: () => {
      throw new Error('A body with a buffer is not opened.');
    },
  };
}
