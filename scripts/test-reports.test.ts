/** Proves that totals are the reports' own, that a broken file is a failure, and that what failed or was skipped is named. */
import { expect, test } from 'vitest';
import { addReports, readPlaywrightReport, readVitestReport, totalsLine } from './test-reports.ts';

const vitestFile = (status: string, ...tests: readonly string[]) => ({
  name: 'a.test.ts',
  status,
  assertionResults: tests.map((each, index) => ({
    status: each,
    fullName: `test ${index}`,
    failureMessages: each === 'failed' ? ['\u001b[31mexpected 1\u001b[39m\nto be 2'] : [],
  })),
});

test('Vitest: passed, failed, skipped and to-do tests', () => {
  const report = readVitestReport({
    testResults: [
      vitestFile('passed', 'passed', 'skipped', 'todo'),
      vitestFile('failed', 'failed', 'passed', 'failed'),
    ],
  });
  expect(report).toEqual({
    passed: 2,
    failed: 2,
    skipped: 2,
    notRun: ['test 1', 'test 2'],
    failures: ['test 0: expected 1 to be 2', 'test 2: expected 1 to be 2'],
  });
});

test('Vitest: a file that could not be loaded is a failure', () => {
  const report = readVitestReport({ testResults: [{ ...vitestFile('failed'), message: 'no such module' }] });
  expect(report).toMatchObject({ failed: 1, failures: ['a.test.ts: no such module'] });
});

const playwrightTest = (status: 'expected' | 'unexpected' | 'flaky' | 'skipped', description?: string) => ({
  title: 'quits in time',
  tests: [
    {
      projectName: 'electron',
      status,
      annotations: description === undefined ? [] : [{ type: 'skip', description }],
      results: status === 'unexpected' ? [{ error: { message: 'still there' } }] : [{}],
    },
  ],
});

test('Playwright: nested suites, flaky counts as passed, a skip gives its reason', () => {
  const report = readPlaywrightReport({
    errors: [],
    suites: [
      {
        specs: [playwrightTest('expected'), playwrightTest('flaky')],
        suites: [{ specs: [playwrightTest('unexpected'), playwrightTest('skipped', 'needs the real binary')] }],
      },
    ],
  });
  expect(report).toEqual({
    passed: 2,
    failed: 1,
    skipped: 1,
    notRun: ['electron: quits in time (needs the real binary)'],
    failures: ['electron: quits in time: still there'],
  });
});

test('Playwright: an error outside of any test is a failure', () => {
  expect(readPlaywrightReport({ errors: [{ message: 'a spec does not load' }], suites: [] })).toMatchObject({
    failed: 1,
    failures: ['outside of any test: a spec does not load'],
  });
});

test('the last line is plain, and leaves out skipped when there are none', () => {
  const one = { passed: 3, failed: 1, skipped: 0, notRun: [], failures: [] };
  expect(totalsLine(one)).toBe('3 passed, 1 failed');
  expect(totalsLine(addReports([one, { ...one, skipped: 2 }]))).toBe('6 passed, 2 failed, 2 skipped');
});
