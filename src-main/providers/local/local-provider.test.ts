/**
 * Owns the proof that local disk keeps the contract of providers, on real folders.
 */
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { describeProvider } from '../provider-conformance.ts';
import { localDescriptor } from './descriptor.ts';
import { createLocal } from './local-provider.ts';

const account = { options: {}, secrets: {} };

describeProvider(
  'local disk',
  async () => {
    const root = await fs.mkdtemp(path.join(os.tmpdir(), 'transship-local-'));
    const container = path.join(root, 'assets');
    const emptyContainer = path.join(root, 'empty');
    const file = path.join(root, 'file');
    await fs.mkdir(container);
    await fs.mkdir(emptyContainer);
    await fs.writeFile(file, 'not a folder');
    const broken = { provider: createLocal(account), role: 'destination', step: 'name', field: 'container' } as const;
    return {
      provider: createLocal(account),
      another: () => createLocal(account),
      container,
      emptyContainer,
      missingContainer: path.join(root, 'missing'),
      seed: null,
      leftovers: async () => {
        const names = await fs.readdir(root, { recursive: true });
        return names.filter((name) => name.endsWith('.partial') || name.includes('transship-test'));
      },
      keepsNewKeysApart: true,
      broken: [
        { ...broken, what: 'a path that is not whole', container: 'assets', code: 'invalid-input' },
        { ...broken, what: 'a file instead of a folder', container: file, code: 'invalid-input' },
        { ...broken, what: 'a folder that is not there', container: path.join(root, 'no'), code: 'not-found' },
        {
          ...broken,
          what: 'a folder that cannot be written',
          container: await unwritableFolder(root),
          step: 'write',
          code: 'permission-denied',
        },
      ],
      close: () => fs.rm(root, { recursive: true, force: true }),
    };
  },
  localDescriptor.capabilities,
);

/** Root may write everywhere but in the kernel's own file system; everybody else may not where the mode says so. */
async function unwritableFolder(root: string): Promise<string> {
  if (process.platform === 'linux' && process.getuid?.() === 0) return '/sys';
  const folder = path.join(root, 'unwritable');
  await fs.mkdir(folder, { mode: 0o555 });
  return folder;
}
