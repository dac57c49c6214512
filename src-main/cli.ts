#!/usr/bin/env node
/**
 * Owns the command line: flags in, a verb of headless/cli-verbs, lines or JSON out. Must not hold logic of the house;
 * it talks to one that runs. Started as out/main/cli.js.
 */
import { homedir } from 'node:os';
import { Readable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { FailureError, fail, failure, toFailure } from '../src-shared/model/failure.ts';
import { type Call, callHouse, freshAddress } from './headless/call-house.ts';
import { describeMigration, VERBS } from './headless/cli-verbs.ts';
import { type DoorFile, readDoorFile } from './headless/door-file.ts';
import { downloadedLines, openDownload, readRegularFile, writeOut } from './headless/download.ts';
import { failureLines } from './headless/failure-lines.ts';
import { openBrowser } from './headless/open-browser.ts';
import { idOf, type VerbInput } from './headless/verb.ts';
import { resolveProfile } from './node-ports/profile-paths.ts';

const WAIT_MS = 500;

const usage = (): string => {
  const verbs = Object.values(VERBS).map((verb) => `  ${verb.usage}\n      ${verb.help}`);
  return [
    'Usage: transship VERB [--profile DIR] [--json]',
    ...verbs,
    '  wait MIGRATION\n      show progress until it ends, and why it failed where it did; Ctrl-C stops the waiting, not the migration',
    '  open\n      a new address for the browser',
  ].join('\n');
};

/** 2: what was typed is wrong; 1: it was done and did not go well, or could not be done. */
function giveUp(thrown: unknown): never {
  const { code, message, hint } = toFailure(thrown);
  process.stderr.write(`${[message, hint].filter((line) => line !== '').join('\n')}\n`);
  process.exit(code === 'invalid-input' ? 2 : 1);
}

function parse() {
  return parseArgs({
    allowPositionals: true,
    options: {
      profile: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
      from: { type: 'string' },
      to: { type: 'string' },
      prefix: { type: 'string' },
      into: { type: 'string' },
      include: { type: 'string', multiple: true },
      exclude: { type: 'string', multiple: true },
      'least-size': { type: 'string' },
      'most-size': { type: 'string' },
      'changed-after': { type: 'string' },
      'changed-before': { type: 'string' },
      markers: { type: 'string' },
      strip: { type: 'string' },
      letters: { type: 'string' },
      template: { type: 'string' },
      overwrite: { type: 'string' },
      proof: { type: 'string' },
      'cache-control': { type: 'string', multiple: true },
      'content-type': { type: 'string', multiple: true },
      metadata: { type: 'string' },
      tags: { type: 'string' },
      'set-tag': { type: 'string', multiple: true },
      'storage-class': { type: 'string' },
      acl: { type: 'string' },
      move: { type: 'boolean' },
      search: { type: 'string' },
      queue: { type: 'string' },
      state: { type: 'string' },
      role: { type: 'string' },
      option: { type: 'string', multiple: true },
      'option-file': { type: 'string', multiple: true },
      'from-report': { type: 'string' },
      urls: { type: 'string' },
      format: { type: 'string' },
      only: { type: 'string' },
      output: { type: 'string', short: 'o' },
      old: { type: 'string' },
      new: { type: 'string' },
      'old-prefix': { type: 'string' },
      'new-prefix': { type: 'string' },
      sample: { type: 'string' },
      all: { type: 'boolean' },
      'at-once': { type: 'string' },
      origin: { type: 'string' },
      'allow-private': { type: 'boolean' },
      mbps: { type: 'string' },
      'per-second': { type: 'string' },
      'usd-per-gb': { type: 'string' },
      'without-unknown': { type: 'boolean' },
      'with-lookalikes': { type: 'boolean' },
      run: { type: 'boolean' },
      keep: { type: 'boolean' },
    },
  });
}

async function main(): Promise<void> {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse();
  } catch (error) {
    return giveUp(new FailureError(failure('invalid-input', error instanceof Error ? error.message : String(error))));
  }
  const { values, positionals } = parsed;
  const [word, ...words] = positionals;
  if (values.help === true || word === undefined) {
    process.stdout.write(`${usage()}\n`);
    return;
  }
  const { env, platform } = process;
  const profile = resolveProfile({ argument: values.profile, env, platform, home: homedir(), cwd: process.cwd() });
  const door = readDoorFile(profile);
  const input: VerbInput = {
    words,
    folder: process.cwd(),
    flags: joined(values),
    readInput: async () => (process.stdin.isTTY ? '' : readAll(process.stdin)),
    readFile: readRegularFile,
    download: async (link, file) => writeOut(await openDownload(door, link), file, process.stdout),
    readLines: (link) => downloadedLines(door, link),
    write: (lines, file) => writeOut(Readable.from(lines), file, process.stdout),
    interruptible,
    progress: (line) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}\r`);
    },
    remark: (line) => process.stderr.write(`${line}\n`),
  };
  if (word === 'open') return openPage(door);
  const call = callHouse(door);
  if (word === 'wait') return wait(call, idOf(input), values.json === true);
  const verb = VERBS[word] ?? fail('invalid-input', `There is no verb "${word}".`, { hint: usage() });
  const { data, lines, exitCode } = await verb.run(call, input);
  if (data !== undefined)
    process.stdout.write(
      values.json === true ? `${JSON.stringify(data)}\n` : lines.map((line) => `${line}\n`).join(''),
    );
  process.exitCode = exitCode ?? 0;
}

/** What was given more than once, in one text of lines. */
function joined(values: ReturnType<typeof parse>['values']): VerbInput['flags'] {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Array.isArray(value) ? value.join('\n') : value]),
  );
}

/** From here on the first Ctrl-C is an abort, so that what runs can end in order; the second one ends the process. */
function interruptible(): AbortSignal {
  const interruption = new AbortController();
  const message = 'It was interrupted; what was written so far is not the whole.';
  process.once('SIGINT', () => interruption.abort(new FailureError(failure('unexpected', message))));
  return interruption.signal;
}

async function openPage(door: DoorFile): Promise<void> {
  const address = await freshAddress(door);
  process.stdout.write(`${address}\n`);
  await openBrowser(address, process.platform, process.env);
}

/** One line that is written over on a terminal; one for each change elsewhere. */
async function wait(call: Call, migrationId: number, json: boolean): Promise<void> {
  let last = '';
  for (;;) {
    const migration = await call('migration.get', { migrationId });
    const line = describeMigration(migration);
    if (!json && line !== last) process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${line}` : `${line}\n`);
    last = line;
    if (migration.finishedAtMs !== null) {
      if (process.stderr.isTTY && !json) process.stderr.write('\n');
      for (const reason of await failureLines(call, migration)) process.stderr.write(`${reason}\n`);
      if (json) process.stdout.write(`${JSON.stringify(migration)}\n`);
      process.exitCode = migration.state === 'completed' ? 0 : 1;
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  }
}

await main().catch((thrown: unknown) => giveUp(thrown));
