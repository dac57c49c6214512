/**
 * Owns what was tried for each guarantee and what came of it: trials, the worst case, failures; or why it was not run.
 * Must not run anything. Filled by the suites, printed and kept by run-trust-tests.ts.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface TrustRow {
  /** "G4", as the references number them. */
  readonly guarantee: string;
  readonly what: string;
  readonly trials: number;
  /** The worst that was seen, in words with its unit; null where there is nothing to measure. */
  readonly worst: string | null;
  readonly failures: readonly string[];
}

export interface NotRunRow {
  readonly guarantee: string;
  readonly what: string;
  readonly why: string;
}

export class TrialTable {
  private readonly rows: TrustRow[] = [];
  private readonly notRun: NotRunRow[] = [];

  add(row: TrustRow): void {
    // What was never tried holds for nobody.
    this.rows.push(row.trials > 0 ? row : { ...row, failures: [...row.failures, 'It was never tried.'] });
  }

  skip(guarantee: string, what: string, why: string): void {
    this.notRun.push({ guarantee, what, why });
  }

  get failures(): number {
    return this.rows.reduce((sum, { failures }) => sum + failures.length, 0);
  }

  print(): void {
    const inOrder = [...this.rows].sort((one, other) => numberOf(one.guarantee) - numberOf(other.guarantee));
    console.log('\nguarantee  trials  failures  worst case            what');
    for (const { guarantee, trials, failures, worst, what } of inOrder) {
      const cells = [
        guarantee.padEnd(9),
        String(trials).padStart(7),
        String(failures.length).padStart(8),
        (worst ?? '').padEnd(20),
      ];
      console.log(`${cells.join('  ')}  ${what}`);
      for (const failure of failures.slice(0, 5)) console.log(`             FAILED: ${failure.slice(0, 300)}`);
    }
    for (const { guarantee, what, why } of this.notRun)
      console.log(`${guarantee.padEnd(9)}  not run: ${what} (${why})`);
  }

  write(path: string): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify({ rows: this.rows, notRun: this.notRun }, null, 1)}\n`);
  }
}

function numberOf(guarantee: string): number {
  return Number(guarantee.slice(1));
}

/** "812 ms", of the largest; null for none. */
export function worstMs(times: readonly number[]): string | null {
  return times.length === 0 ? null : `${Math.round(Math.max(...times))} ms`;
}
