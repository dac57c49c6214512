/**
 * Owns turning the JSON reports of Vitest and Playwright into totals and the list of what was not run. Pure. Must not
 * read files or run anything. Called by run-checks.ts and run-server-tests.ts.
 */

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface TestReport extends Totals {
  /** Every test that was skipped, with the reason where it gave one. */
  readonly notRun: readonly string[];
}

export const NO_TESTS: TestReport = { passed: 0, failed: 0, skipped: 0, notRun: [] };

/** The plain last line: "12 passed, 0 failed", with ", 3 skipped" when there are some. */
export function totalsLine({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

export function addReports(reports: readonly TestReport[]): TestReport {
  return reports.reduce(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      failed: sum.failed + one.failed,
      skipped: sum.skipped + one.skipped,
      notRun: [...sum.notRun, ...one.notRun],
    }),
    NO_TESTS,
  );
}

interface VitestJson {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** A file that failed without a failed test of its own (it could not be loaded) counts as one failure. */
export function readVitestReport(report: VitestJson): TestReport {
  return addReports(
    report.testResults.map(({ status, assertionResults: tests }) => {
      const count = (...states: readonly string[]) => tests.filter((test) => states.includes(test.status)).length;
      const failed = count('failed');
      const skipped = tests.filter((test) => !['passed', 'failed'].includes(test.status));
      return {
        passed: count('passed'),
        failed: status === 'failed' ? Math.max(1, failed) : failed,
        skipped: skipped.length,
        notRun: skipped.map((test) => test.fullName),
      };
    }),
  );
}

interface PlaywrightSuite {
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs?: readonly {
    readonly title: string;
    readonly tests: readonly {
      readonly projectName: string;
      readonly status: 'expected' | 'unexpected' | 'flaky' | 'skipped';
      readonly annotations: readonly { readonly type: string; readonly description?: string }[];
    }[];
  }[];
}

interface PlaywrightJson extends PlaywrightSuite {
  readonly errors: readonly unknown[];
}

/** Errors outside of any test (a spec that does not load, a global set-up that throws) count as failures. */
export function readPlaywrightReport(report: PlaywrightJson): TestReport {
  const inSuites = (suite: PlaywrightSuite): TestReport[] => [
    ...(suite.suites ?? []).flatMap(inSuites),
    ...(suite.specs ?? []).flatMap(({ title, tests }) =>
      tests.map(({ projectName, status, annotations }): TestReport => {
        if (status === 'unexpected') return { ...NO_TESTS, failed: 1 };
        if (status !== 'skipped') return { ...NO_TESTS, passed: 1 };
        const reason = annotations.find((note) => note.description !== undefined)?.description;
        return { ...NO_TESTS, skipped: 1, notRun: [`${projectName}: ${title}${reason ? ` (${reason})` : ''}`] };
      }),
    ),
  ];
  return addReports([...inSuites(report), { ...NO_TESTS, failed: report.errors.length }]);
}
