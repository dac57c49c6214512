/**
 * Owns showing that the simulation has teeth: applies each mutant to a copy of the source and runs seeds until one
 * breaks. A mutant that no longer fits, or that survives, is a failure. `node test-trust/mutants/run-mutants.ts
 * [--seeds 400] [--only NAME]`; called by run-trust-tests.ts and by people. Must not touch the source itself.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { MUTANTS, type Mutant } from './mutants.ts';

interface Verdict {
  readonly name: string;
  readonly caught: boolean;
  readonly by: string;
}

const ROOT = resolve(import.meta.dirname, '../..');
/** An endless loop is an end of its own; a run of all seeds takes about 40 s. */
const LIMIT_MS = 240_000;

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '400' }, only: { type: 'string' } } });

function copySource(folder: string): void {
  for (const part of ['src-main', 'src-shared', 'test-trust', 'package.json']) {
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}

/** Throws when the mutant does not fit exactly once. */
function mutate(folder: string, { name, changes }: Mutant): void {
  for (const { file, find, replace } of changes) {
    const path = join(folder, file);
    const parts = readFileSync(path, 'utf8').split(find);
    if (parts.length !== 2) throw new Error(`Mutant "${name}" fits ${parts.length - 1} times into ${file}.`);
    writeFileSync(path, parts.join(replace));
  }
}

function judge(mutant: Mutant): Verdict {
  const folder = mkdtempSync(join(tmpdir(), 'transship-mutant-'));
  try {
    copySource(folder);
    mutate(folder, mutant);
    const run = spawnSync(
      process.execPath,
      [
        'test-trust/simulation/run-seeds.ts',
        '--seeds',
        values.seeds,
        '--from',
        String(mutant.fromSeed ?? 1),
        '--stop-at-first',
      ],
      { cwd: folder, encoding: 'utf8', timeout: LIMIT_MS, killSignal: 'SIGKILL' },
    );
    if (run.error !== undefined) return { name: mutant.name, caught: true, by: 'it never came to an end' };
    const last = run.stdout.trim().split('\n').at(-1) ?? '';
    if (!last.startsWith('{')) return { name: mutant.name, caught: run.status !== 0, by: run.stderr.slice(-300) };
    const { failures } = JSON.parse(last) as { failures: { seed: number; breaches: string[] }[] };
    const [first] = failures;
    return first === undefined
      ? { name: mutant.name, caught: false, by: `survived ${values.seeds} seeds` }
      : { name: mutant.name, caught: true, by: `seed ${first.seed}: ${first.breaches[0]?.split('\n')[0] ?? ''}` };
  } catch (error) {
    return { name: mutant.name, caught: false, by: error instanceof Error ? error.message : String(error) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const chosen = MUTANTS.filter(({ name }) => values.only === undefined || name === values.only);
const verdicts: Verdict[] = [];
for (const mutant of chosen) {
  const verdict = judge(mutant);
  verdicts.push(verdict);
  console.log(
    `${verdict.caught ? 'caught  ' : 'SURVIVED'} ${verdict.name} (${mutant.harm}): ${verdict.by.slice(0, 160)}`,
  );
}
const survived = verdicts.filter(({ caught }) => !caught);
console.log(JSON.stringify({ mutants: verdicts.length, caught: verdicts.length - survived.length }));
process.exitCode = survived.length > 0 || verdicts.length === 0 ? 1 : 0;
