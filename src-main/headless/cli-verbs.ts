/**
 * Owns the verbs of the command line: what each takes, what it asks of the house, how its answer reads. Must not touch
 * the process. Called by cli.ts.
 */

import { isCommandName } from '../../src-shared/contract/commands.ts';
import { fail } from '../../src-shared/model/failure.ts';
import { JOB_STATES, type JobState } from '../../src-shared/model/job-state.ts';
import type { MigrationView } from '../../src-shared/model/migration.ts';
import type { CheckReport } from '../../src-shared/model/provider.ts';
import { REMOVAL_STATES } from '../../src-shared/model/source-removal.ts';
import { CAP } from './cap-verb.ts';
import { EVIDENCE_VERBS } from './evidence-verbs.ts';
import { failureLines } from './failure-lines.ts';
import { lines, oneOf, text } from './flag-values.ts';
import { oneLine } from './one-line.ts';
import { PLAN } from './plan-verb.ts';
import { PROBE } from './probe-verb.ts';
import { SUBMIT } from './submit-verb.ts';
import { typedAccount, typedPlace } from './typed-ends.ts';
import { idOf, type Verb, type VerbInput } from './verb.ts';

const MAX_OPTION_BYTES = 16_384;

export const VERBS: Readonly<Record<string, Verb>> = {
  status: {
    usage: 'status',
    help: 'how many jobs are pending, paused, processing, processed and failed',
    mostWords: 0,
    async run(call) {
      const stats = await call('stats.get', {});
      return {
        data: stats,
        lines: [
          `${stats.pending} pending, ${stats.counts.scheduled} scheduled, ${stats.counts.paused} paused, ${stats.processing} processing, ${stats.processed} processed, ${stats.failed} failed`,
          `${stats.migrations} open migrations, ${stats.doneBytes} of ${stats.totalBytes} bytes`,
        ],
      };
    },
  },
  submit: SUBMIT,
  plan: PLAN,
  list: {
    usage: 'list [--search TEXT]',
    help: 'migrations, newest first',
    mostWords: 0,
    async run(call, { flags }) {
      const search = text(flags.search);
      const page = await call('migration.list', { limit: 50, ...(search === undefined ? {} : { search }) });
      return { data: page, lines: page.rows.map(describeMigration) };
    },
  },
  show: {
    usage: 'show MIGRATION',
    help: 'one migration, and why it failed where it did',
    mostWords: 1,
    async run(call, input) {
      const migration = await call('migration.get', { migrationId: idOf(input) });
      return { data: migration, lines: [describeMigration(migration), ...(await failureLines(call, migration))] };
    },
  },
  jobs: {
    usage: 'jobs MIGRATION [--state STATE]',
    help: 'the first 200 jobs of a migration',
    mostWords: 1,
    async run(call, input) {
      const state = text(input.flags.state);
      if (state !== undefined && !JOB_STATES.some((known) => known === state)) {
        fail('invalid-input', `"${state}" is no state.`, { hint: `One of ${JOB_STATES.join(', ')}.` });
      }
      const page = await call('job.list', {
        filter: { migrationId: idOf(input), ...(state === undefined ? {} : { states: [state as JobState] }) },
        sort: 'oldest',
        limit: 200,
      });
      const lines = page.rows.map(
        (job) =>
          `${job.id}\t${job.state}\t${oneLine(job.sourceKey)}\t${job.failure?.message ?? job.skipReason ?? job.proof ?? ''}`,
      );
      const rest = page.total.count - page.rows.length;
      return { data: page, lines: rest > 0 ? [...lines, `and ${rest} more`] : lines };
    },
  },
  pause: steer('pause', 'migration.pause', 'start nothing more of a migration; what runs comes to its end'),
  resume: steer('resume', 'migration.resume', 'go on with a paused migration'),
  cancel: steer('cancel', 'migration.cancel', 'give a migration up; what arrived stays'),
  retry: steer('retry', 'migration.retryFailed', 'set the failed jobs of a migration going again'),
  ...EVIDENCE_VERBS,
  probe: PROBE,
  cap: CAP,
  explain: {
    usage: 'explain JOB',
    help: 'why a job does not run',
    mostWords: 1,
    async run(call, input) {
      const explanation = await call('job.explain', { jobId: idOf(input) });
      const lines = [explanation.summary, ...explanation.gates.slice(1).map(({ reason }) => reason)];
      return { data: explanation, lines };
    },
  },
  call: {
    usage: 'call COMMAND [PARAMETERS]',
    help: 'any command of docs/commands.md; its parameters as JSON, or on standard input as -',
    mostWords: 2,
    async run(call, { words, readInput }) {
      const [command = '', given = '{}'] = words;
      if (!isCommandName(command)) {
        fail('invalid-input', `"${command}" is no command.`, { hint: 'They are listed in docs/commands.md.' });
      }
      const answer: unknown = await call(command, readJson(given === '-' ? await readInput() : given) as never);
      return { data: answer, lines: [JSON.stringify(answer, null, 2)] };
    },
  },
  accounts: {
    usage: 'accounts',
    help: 'configured accounts',
    mostWords: 0,
    async run(call) {
      const { accounts } = await call('account.list', {});
      return { data: accounts, lines: accounts.map(({ id, provider, name }) => `${id}\t${provider}\t${name}`) };
    },
  },
  'add-account': {
    usage: 'add-account PROVIDER NAME [--option NAME=VALUE …] [--option-file NAME=PATH …] < secrets.json',
    help: 'save an account; its secrets come as a JSON object on standard input, never as arguments',
    mostWords: 2,
    async run(call, { words, flags, readInput, readFile }) {
      const [provider, name] = words;
      if (provider === undefined || name === undefined) fail('invalid-input', 'Name the provider and the account.');
      const account = await call('account.save', {
        provider,
        name,
        options: { ...pairs(flags.option), ...(await texts(pairs(flags['option-file']), readFile)) },
        secrets: secretsOf(await readInput()),
      });
      return {
        data: account,
        lines: [
          `Account ${account.id} is saved. Try it: transship check ${account.id} CONTAINER --role source, or destination.`,
        ],
      };
    },
  },
  'remove-account': {
    usage: 'remove-account ACCOUNT',
    help: 'forget an account and its secrets; one that an open migration uses stays',
    mostWords: 1,
    async run(call, { words }) {
      const { accounts } = await call('account.list', {});
      const accountId = typedAccount(accounts, words[0] ?? fail('invalid-input', 'Name the account.')).id;
      await call('account.remove', { accountId });
      return { data: { accountId }, lines: [`Account ${accountId} is removed.`] };
    },
  },
  check: {
    usage: 'check ACCOUNT CONTAINER [--prefix P] [--role source|destination]',
    help: 'try a location and say how each step went',
    mostWords: 2,
    async run(call, { words, flags, folder }) {
      const [named, typed] = words;
      if (named === undefined || typed === undefined) fail('invalid-input', 'Name an account and a container.');
      const { accounts } = await call('account.list', {});
      const { accountId, container } = typedPlace(accounts, named, typed, folder);
      const role = oneOf(['source', 'destination'], flags.role, '--role') ?? 'source';
      const prefix = text(flags.prefix) ?? '';
      const report = await call('account.check', { account: accountId, container, prefix, role });
      return { data: report, lines: describeCheck(report), ...(report.ok ? {} : { exitCode: 1 }) };
    },
  },
};

function steer(
  word: string,
  command: 'migration.pause' | 'migration.resume' | 'migration.cancel' | 'migration.retryFailed',
  help: string,
): Verb {
  return {
    usage: `${word} MIGRATION`,
    help,
    mostWords: 1,
    async run(call, input) {
      const migration = await call(command, { migrationId: idOf(input) });
      return { data: migration, lines: [describeMigration(migration)] };
    },
  };
}

export function describeMigration(migration: MigrationView): string {
  const { id, name, state, counts, discovered, leftOut, policies, removals } = migration;
  const done = counts.completed + counts.skipped;
  const failed = counts.failed > 0 ? `, ${counts.failed} failed` : '';
  const cancelled = counts.cancelled > 0 ? `, ${counts.cancelled} cancelled` : '';
  const paused = counts.paused > 0 ? `, ${counts.paused} paused` : '';
  const there = counts.skipped > 0 ? `, ${counts.skipped} of them skipped` : '';
  const out = leftOut > 0 ? `, left out: ${leftOut}` : '';
  const words = REMOVAL_STATES.filter((each) => removals[each] > 0).map((each) => `${each} ${removals[each]}`);
  const sources = policies.afterCopy === 'delete-source' ? `, sources: ${words.join(', ') || 'none yet'}` : '';
  return `${id}\t${state}\t${done} of ${discovered}${there}${failed}${cancelled}${paused}${out}${sources}\t${name}`;
}

function describeCheck(report: CheckReport): string[] {
  const steps = report.steps.map(
    ({ name, elapsedMs, failure }) => `${failure === null ? 'ok' : 'failed'}\t${name}\t${Math.round(elapsedMs)} ms`,
  );
  const reason =
    report.failure === null ? [] : [report.failure.message, report.failure.hint].filter((line) => line !== '');
  return [...steps, ...report.remarks, ...reason];
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return fail('invalid-input', 'The parameters are no JSON.', { hint: `Like '{"jobIds":[1,2]}'.` });
  }
}

function pairs(given: string | boolean | undefined): Record<string, string> {
  const options: Record<string, string> = {};
  for (const pair of lines(given)) {
    const at = pair.indexOf('=');
    if (at < 1) fail('invalid-input', `"${pair}" is no NAME=VALUE.`);
    options[pair.slice(0, at)] = pair.slice(at + 1);
  }
  return options;
}

/** Of values with lines of their own, such as certificates. */
async function texts(paths: Readonly<Record<string, string>>, readFile: VerbInput['readFile']) {
  const read = async ([name, path]: [string, string]) => [
    name,
    Buffer.from(await readFile(path, MAX_OPTION_BYTES)).toString(),
  ];
  return Object.fromEntries(await Promise.all(Object.entries(paths).map(read))) as Record<string, string>;
}

function secretsOf(input: string): Record<string, string> {
  if (input.trim() === '') return {};
  try {
    return JSON.parse(input) as Record<string, string>;
  } catch {
    return fail('invalid-input', 'Standard input is no JSON object.', { hint: 'For example {"secretAccessKey":"…"}.' });
  }
}
