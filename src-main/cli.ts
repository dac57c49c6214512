#!/usr/bin/env node
/**
 * Owns the command line: flags in, a verb of headless/cli-verbs, lines or JSON out. Must not hold logic of the house;
 * it talks to one that runs. Started as out/main/cli.js.
 */
import { homedir } from 'node:os';
import { Readable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { FailureError, fail, failure, toFailure } from '../src-shared/model/failure.ts';
import { type Call, callHouse, freshAddress } from './headless/call-house.ts';
import { describeMigration, VERBS } from './headless/cli-verbs.ts';
import { type DoorFile, readDoorFile } from './headless/door-file.ts';
import { downloadedLines, openDownload, readRegularFile, writeOut } from './headless/download.ts';
import { failureLines } from './headless/failure-lines.ts';
import { openBrowser } from './headless/open-browser.ts';
import { helpOf, helpOfAll, readTyped, type VerbText, verbOf } from './headless/read-typed.ts';
import { idOf, type VerbInput } from './headless/verb.ts';
import { ownVersion } from './node-ports/own-version.ts';
import { resolveProfile } from './node-ports/profile-paths.ts';

const WAIT_MS = 500;

/** Verbs that are no call with an answer. */
const TEXTS: Readonly<Record<string, VerbText>> = {
  ...VERBS,
  wait: {
    usage: 'wait MIGRATION',
    help: 'show progress until it ends, and why it failed where it did; Ctrl-C stops the waiting, not the migration',
    mostWords: 1,
  },
  open: { usage: 'open', help: 'a new address for the browser', mostWords: 0 },
};

/** 2: what was typed is wrong; 1: it was done and did not go well, or could not be done. */
function giveUp(thrown: unknown): never {
  const { code, message, hint } = toFailure(thrown);
  process.stderr.write(`${[message, hint].filter((line) => line !== '').join('\n')}\n`);
  process.exit(code === 'invalid-input' ? 2 : 1);
}

async function main(): Promise<void> {
  const { values, positionals } = readTyped(process.argv.slice(2));
  const wantsHelp = values.help === true || positionals[0] === 'help';
  const [word, ...words] = positionals[0] === 'help' ? positionals.slice(1) : positionals;
  if (values.version === true) {
    process.stdout.write(`transship ${ownVersion()}\n`);
    return;
  }
  if (word === undefined) {
    process.stdout.write(`${helpOfAll(TEXTS)}\n`);
    return;
  }
  const typed = wantsHelp ? { words: [], flags: [] } : { words, flags: Object.keys(values) };
  const text = verbOf(TEXTS, word, typed);
  if (wantsHelp) {
    process.stdout.write(`${helpOf(text)}\n`);
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
  const verb = VERBS[word] ?? fail('unexpected', `Nothing does "${word}".`);
  const { data, lines, exitCode } = await verb.run(call, input);
  if (data !== undefined)
    process.stdout.write(
      values.json === true ? `${JSON.stringify(data)}\n` : lines.map((line) => `${line}\n`).join(''),
    );
  process.exitCode = exitCode ?? 0;
}

/** What was given more than once, in one text of lines. */
function joined(values: ReturnType<typeof readTyped>['values']): VerbInput['flags'] {
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

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => (error.code === 'EPIPE' ? process.exit() : giveUp(error)));
await main().catch((thrown: unknown) => giveUp(thrown));
