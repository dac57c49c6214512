/**
 * Owns turning the JSON reports of Vitest and Playwright into totals, what failed, and what was not run. Pure. Must not
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
  /** Every test that failed, with what it said: a log is often kept by its end only. */
  readonly failures: readonly string[];
}

export const NO_TESTS: TestReport = { passed: 0, failed: 0, skipped: 0, notRun: [], failures: [] };

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
      failures: [...sum.failures, ...one.failures],
    }),
    NO_TESTS,
  );
}

const TERMINAL_COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

/** One line that says which test failed and why. */
function failureLine(name: string, message: string | undefined): string {
  const why = (message ?? 'no message').replaceAll(TERMINAL_COLOURS, '').split('\n', 5).join(' ').trim();
  return `${name}: ${why.length > 500 ? `${why.slice(0, 499)}…` : why}`;
}

interface VitestJson {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** A file that failed without a failed test of its own (it could not be loaded) counts as one failure. */
export function readVitestReport(report: VitestJson): TestReport {
  return addReports(
    report.testResults.map(({ name, status, message, assertionResults: tests }) => {
      const failed = tests.filter((test) => test.status === 'failed');
      const skipped = tests.filter((test) => !['passed', 'failed'].includes(test.status));
      return {
        passed: tests.length - failed.length - skipped.length,
        failed: status === 'failed' ? Math.max(1, failed.length) : failed.length,
        skipped: skipped.length,
        notRun: skipped.map((test) => test.fullName),
        failures:
          status === 'failed' && failed.length === 0
            ? [failureLine(name, message)]
            : failed.map((test) => failureLine(test.fullName, test.failureMessages?.[0])),
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
      readonly results?: readonly { readonly error?: { readonly message?: string } }[];
    }[];
  }[];
}

interface PlaywrightJson extends PlaywrightSuite {
  readonly errors: readonly { readonly message?: string }[];
}

/** Errors outside of any test (a spec that does not load, a global set-up that throws) count as failures. */
export function readPlaywrightReport(report: PlaywrightJson): TestReport {
  const inSuites = (suite: PlaywrightSuite): TestReport[] => [
    ...(suite.suites ?? []).flatMap(inSuites),
    ...(suite.specs ?? []).flatMap(({ title, tests }) =>
      tests.map(({ projectName, status, annotations, results }): TestReport => {
        const why = results?.find(({ error }) => error !== undefined)?.error?.message;
        if (status === 'unexpected')
          return { ...NO_TESTS, failed: 1, failures: [failureLine(`${projectName}: ${title}`, why)] };
        if (status !== 'skipped') return { ...NO_TESTS, passed: 1 };
        const reason = annotations.find((note) => note.description !== undefined)?.description;
        return { ...NO_TESTS, skipped: 1, notRun: [`${projectName}: ${title}${reason ? ` (${reason})` : ''}`] };
      }),
    ),
  ];
  const outside = report.errors.map(({ message }) => failureLine('outside of any test', message));
  return addReports([...inSuites(report), { ...NO_TESTS, failed: outside.length, failures: outside }]);
}
