/** Proves what `transship plan` asks of the house and prints, and that it leaves no plan behind. */

import { describe, expect, it } from 'vitest';
import { FailureError, failure } from '../../src-shared/model/failure.ts';
import { DEFAULT_POLICIES } from '../../src-shared/model/migration.ts';
import { PLAN_CLASSES, type PlanView, USUAL_RATES } from '../../src-shared/model/plan.ts';
import type { Call } from './call-house.ts';
import { PLAN } from './plan-verb.ts';
import type { VerbInput } from './verb.ts';

const requests = { list: 1, head: 2, get: 3, put: 3, parts: 0 };
const READY: PlanView = {
  id: 4,
  state: 'ready',
  failure: null,
  name: null,
  source: { accountId: 'a', container: '/from', prefix: '' },
  destination: { accountId: 'a', container: '/to', prefix: '' },
  policies: DEFAULT_POLICIES,
  queue: 'default',
  listed: { source: { assets: 3, pages: 1, isDone: true }, destination: { assets: 0, pages: 1, isDone: true } },
  classes: Object.fromEntries(
    PLAN_CLASSES.map((known, index) => [known, { assets: index, bytes: index * 10, unsized: 0 }]),
  ) as NonNullable<PlanView['classes']>,
  lookalikes: 0,
  moves: ['new', 'changed'],
  estimate: {
    assets: 3,
    bytes: 30,
    rates: USUAL_RATES,
    durationMs: 61_000,
    source: requests,
    destination: requests,
    egressUsd: 1.23456,
    sourceRequestsUsd: null,
    destinationRequestsUsd: 0,
    notes: ['Source: a list.'],
  },
  migrationId: null,
  createdAtMs: 0,
  expiresAtMs: 1,
};

function house(view: PlanView) {
  const calls: [string, unknown][] = [];
  const answers: Record<string, unknown> = {
    'account.list': { accounts: [{ id: 'this-computer', provider: 'local' }] },
    'account.check': { ok: true },
    'plan.start': { planId: 4 },
    'plan.get': view,
    'plan.run': { migrationId: 9, position: 2 },
    'plan.rows': {
      rows: [
        { class: 'changed', sourceKey: 'k\n\u009b', destinationKey: 'd/k', sizeBytes: 1, there: null, reason: 'Why.' },
      ],
      nextCursor: '1',
      total: { count: 6, exact: true },
    },
    'plan.discard': {},
  };
  const call = (async (name: string, params: unknown) => {
    if (name.startsWith('plan.')) calls.push([name, params]);
    return answers[name];
  }) as Call;
  return { calls, call };
}

function input(words: readonly string[], flags: VerbInput['flags'] = {}): VerbInput {
  const unused = () => {
    throw new Error('A plan needs none of it.');
  };
  return {
    words,
    flags,
    folder: '/',
    readInput: unused,
    readFile: unused,
    download: unused,
    readLines: unused,
    write: unused,
    interruptible: () => new AbortController().signal,
    progress: () => undefined,
    remark: () => undefined,
  };
}

describe('transship plan', () => {
  it('prints every class and the estimate, and forgets the plan', async () => {
    const { call, calls } = house(READY);
    const { lines } = await PLAN.run(call, input(['/from', '/to'], { mbps: '5', 'usd-per-gb': '0.02' }));
    expect(lines).toContain('changed\t1 assets\t10 bytes\tmoves');
    expect(lines).toContain('refused\t5 assets\t50 bytes\tstays');
    expect(lines).toContain('egress\tabout 1.2 USD');
    expect(lines).toContain('source requests cost\tno list price is known');
    expect(lines.join('\n')).toContain('about 61 s');
    expect(calls.map(([name]) => name)).toEqual(['plan.start', 'plan.get', 'plan.discard']);
    expect(calls[1]?.[1]).toMatchObject({ rates: { bytesPerSecond: 5e6, egressUsdPerGb: 0.02 } });
  });

  it('asks for tags and an ACL as they were typed', async () => {
    const { call, calls } = house(READY);
    await PLAN.run(call, input(['/from', '/to'], { tags: 'keep', 'set-tag': 'team=web\na=b=c', acl: 'public-read' }));
    const setTags = [
      { name: 'team', value: 'web' },
      { name: 'a', value: 'b=c' },
    ];
    expect(calls[0]?.[1]).toMatchObject({ policies: { content: { tags: 'keep', setTags, acl: 'public-read' } } });
    const typo = PLAN.run(call, input(['/from', '/to'], { tags: 'kept' }));
    await expect(typo).rejects.toMatchObject({ failure: { code: 'invalid-input' } });
  });

  it('lists a class and runs what was chosen, when asked to', async () => {
    const { call, calls } = house(READY);
    const flags = { only: 'changed', run: true, keep: true, 'without-unknown': true };
    const { lines } = await PLAN.run(call, input(['/from', '/to'], flags));
    expect(lines).toContain('changed\tk\\u000a\\u009b\td/k\tWhy.');
    expect(lines).toContain('and 5 more');
    expect(lines).toContain('Migration 9 is queued; 2 jobs are ahead of it.');
    const choice = { withUnknown: false, withLookalikes: false };
    expect(calls.at(-1)).toEqual(['plan.run', { planId: 4, choice }]);
  });

  it('ends with what went wrong, and leaves no plan behind', async () => {
    const broken = house({ ...READY, state: 'failed', failure: failure('permission-denied', 'No.') });
    await expect(PLAN.run(broken.call, input(['/from', '/to'], { keep: true }))).rejects.toThrow(FailureError);
    expect(broken.calls.at(-1)?.[0]).toBe('plan.discard');
    await expect(PLAN.run(broken.call, input(['/from']))).rejects.toThrow('Name a source and a destination.');
    const wrong = PLAN.run(house(READY).call, input(['/from', '/to'], { mbps: 'fast' }));
    await expect(wrong).rejects.toThrow('"fast" is nothing for --mbps.');
  });
});
