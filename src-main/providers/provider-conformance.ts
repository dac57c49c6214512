/**
 * Owns what every provider must do: one suite, run by each provider's tests against its own storage. Must not know any
 * provider; what a provider cannot do is skipped by its capabilities. The parts are in conformance/.
 */
import { afterAll, beforeAll, describe } from 'vitest';
import type { Capabilities } from '../../src-shared/model/provider.ts';
import { testChecks } from './conformance/checks.ts';
import type { ProviderSetup, UnderTest } from './conformance/fixture.ts';
import { testKeys } from './conformance/keys.ts';
import { testLists } from './conformance/lists.ts';
import { testReads } from './conformance/reads.ts';
import { testResumes } from './conformance/resumes.ts';
import { testWrites } from './conformance/writes.ts';

/** `setUp` runs once; every test works in keys of its own. */
export function describeProvider(name: string, setUp: () => Promise<ProviderSetup>, capabilities: Capabilities): void {
  describe(name, () => {
    let setup: ProviderSetup | undefined;
    beforeAll(async () => {
      setup = await setUp();
    }, 60_000);
    afterAll(async () => {
      await setup?.provider.close();
      await setup?.close();
    });
    const under: UnderTest = {
      capabilities,
      setup: () => {
        if (setup === undefined) throw new Error('The provider is not set up yet.');
        return setup;
      },
    };
    describe('lists', () => testLists(under));
    describe('keeps keys', () => testKeys(under));
    describe('reads', () => testReads(under));
    if (capabilities.canWrite) describe('writes', () => testWrites(under));
    if (capabilities.resumesWrites) describe('resumes', () => testResumes(under));
    describe('checks', () => testChecks(under));
  });
}
