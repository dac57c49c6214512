/**
 * Owns the tests of the connection test: it passes where things work, fails at the right step and field where they do
 * not, and leaves nothing behind. Part of the suite.
 */
import { expect, test } from 'vitest';
import { bytesOf, codeOf, listKeys, NEVER_ABORTED, put, type UnderTest } from './fixture.ts';

export function testChecks({ setup, capabilities }: UnderTest): void {
  test('a source that works, with the first keys', async () => {
    await put(setup(), 'check/a.bin', bytesOf(10));
    const { provider, container } = setup();
    const report = await provider.check(container, 'check/', 'source', NEVER_ABORTED);
    expect(report).toMatchObject({ ok: true, failure: null, sampleKeys: ['check/a.bin'] });
    expect(report.steps.length).toBeGreaterThan(1);
    for (const step of report.steps) expect(step).toMatchObject({ failure: null });
  });

  test.runIf(capabilities.canWrite)('a destination that works, and nothing is left there', async () => {
    const { provider, emptyContainer } = setup();
    const report = await provider.check(emptyContainer, 'some/prefix/', 'destination', NEVER_ABORTED);
    expect(report).toMatchObject({ ok: true, failure: null });
    expect(await listKeys(provider, emptyContainer, '')).toEqual([]);
    expect(await setup().leftovers()).toEqual([]);
  });

  test.runIf(!capabilities.canWrite)('a destination that cannot be one', async () => {
    const { provider, container } = setup();
    const report = await provider.check(container, '', 'destination', NEVER_ABORTED);
    expect(report).toMatchObject({ ok: false, failure: { code: 'unsupported' } });
    expect(() => provider.assertKey(container, 'x')).toThrow();
  });

  test('a source without anything in it passes and says so', async () => {
    const { provider, emptyContainer } = setup();
    const report = await provider.check(emptyContainer, '', 'source', NEVER_ABORTED);
    expect(report.ok).toBe(true);
    expect(report.sampleKeys).toEqual([]);
    expect(report.remarks.length).toBeGreaterThan(0);
  });

  test('a container that is not there', async () => {
    const { provider, missingContainer } = setup();
    const report = await provider.check(missingContainer, '', 'source', NEVER_ABORTED);
    expect(report).toMatchObject({ ok: false, failure: { code: 'not-found', field: 'container' } });
  });

  test('everything that is broken, at the step and the field where it breaks', async () => {
    const { broken } = setup();
    expect(broken.length).toBeGreaterThan(0);
    for (const { what, provider, container, role, step, code, field } of broken) {
      const report = await provider.check(container, '', role, NEVER_ABORTED);
      const found = { what, ok: report.ok, step: report.steps.at(-1)?.name, code: report.failure?.code };
      expect({ ...found, field: report.failure?.field }).toEqual({ what, ok: false, step, code, field });
      expect(report.failure?.message).not.toBe('');
    }
    for (const provider of new Set(broken.map((each) => each.provider))) await provider.close();
  });

  test('an aborted test ends with the reason of the abort', async () => {
    const { provider, container } = setup();
    const reason = new Error('enough');
    const checking = provider.check(container, '', 'source', AbortSignal.abort(reason));
    await expect(codeOf(checking)).rejects.toBe(reason);
  });
}
