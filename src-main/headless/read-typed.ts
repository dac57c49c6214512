/**
 * Owns judging what was typed before a verb sees it: the flags, the verb's name, how many words it takes. What does not
 * belong to the verb is refused, because a word or a flag that is passed over moves something else than was meant.
 * Pure. Called by cli.ts.
 */
import { parseArgs } from 'node:util';
import { fail } from '../../src-shared/model/failure.ts';
import { nearestWord } from './nearest-word.ts';
import type { Verb } from './verb.ts';

export type VerbText = Omit<Verb, 'run'>;

const ONCE = { type: 'string' } as const;
const OFTEN = { type: 'string', multiple: true } as const;
const SWITCH = { type: 'boolean' } as const;

/** Of all verbs together; a verb takes those that its texts name. */
const FLAGS = {
  profile: ONCE,
  json: SWITCH,
  help: { ...SWITCH, short: 'h' },
  version: SWITCH,
  from: ONCE,
  to: ONCE,
  prefix: ONCE,
  into: ONCE,
  include: OFTEN,
  exclude: OFTEN,
  'least-size': ONCE,
  'most-size': ONCE,
  'changed-after': ONCE,
  'changed-before': ONCE,
  markers: ONCE,
  strip: ONCE,
  letters: ONCE,
  template: ONCE,
  overwrite: ONCE,
  proof: ONCE,
  'cache-control': OFTEN,
  'content-type': OFTEN,
  metadata: ONCE,
  tags: ONCE,
  'set-tag': OFTEN,
  'storage-class': ONCE,
  acl: ONCE,
  move: SWITCH,
  search: ONCE,
  queue: ONCE,
  state: ONCE,
  role: ONCE,
  option: OFTEN,
  'option-file': OFTEN,
  'from-report': ONCE,
  urls: ONCE,
  format: ONCE,
  only: ONCE,
  output: { ...ONCE, short: 'o' },
  old: ONCE,
  new: ONCE,
  'old-prefix': ONCE,
  'new-prefix': ONCE,
  sample: ONCE,
  all: SWITCH,
  'at-once': ONCE,
  origin: ONCE,
  'allow-private': SWITCH,
  mbps: ONCE,
  'per-second': ONCE,
  'usd-per-gb': ONCE,
  'without-unknown': SWITCH,
  'with-lookalikes': SWITCH,
  run: SWITCH,
  keep: SWITCH,
} as const;

const OF_EVERY_VERB: readonly string[] = ['profile', 'json', 'help'];

/** Throws FailureError `invalid-input` about the first flag that is none. */
export function readTyped(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: FLAGS });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const unknown = /^Unknown option '-*([^']*)'/.exec(message)?.[1];
    if (unknown === undefined) return fail('invalid-input', message);
    return fail('invalid-input', `There is no flag --${unknown}.`, {
      hint: didYouMean(unknown, Object.keys(FLAGS), '--'),
    });
  }
}

/** The verb of this name, when everything else that was typed is for it. Throws FailureError `invalid-input`. */
export function verbOf<Known extends VerbText>(
  verbs: Readonly<Record<string, Known>>,
  word: string,
  { words, flags }: { readonly words: readonly string[]; readonly flags: readonly string[] },
): Known {
  const verb =
    verbs[word] ??
    fail('invalid-input', `There is no verb "${word}".`, { hint: didYouMean(word, Object.keys(verbs), '') });
  const hint = `See \`transship ${word} --help\`.`;
  const taken = flagsOf(verb);
  const stray = flags.find((flag) => !taken.has(flag) && !OF_EVERY_VERB.includes(flag));
  if (stray !== undefined) fail('invalid-input', `\`${word}\` takes no --${stray}.`, { hint });
  const surplus = words[verb.mostWords];
  if (surplus !== undefined) {
    fail('invalid-input', `\`${word}\` does not know what to do with "${surplus}".`, {
      hint: `A name with a space in it stands between quotes. ${hint}`,
    });
  }
  return verb;
}

/** All verbs in a few lines each. */
export function helpOfAll(verbs: Readonly<Record<string, VerbText>>): string {
  const each = Object.values(verbs).map(({ usage, help }) => `  ${usage}\n      ${help}`);
  return [
    'Usage: transship VERB [--profile DIR] [--json]',
    ...each,
    '  help VERB\n      one verb with all of its flags; --version says which Transship this is',
  ].join('\n');
}

export function helpOf({ usage, help, flags }: VerbText): string {
  return [`Usage: transship ${usage}`, `      ${help}`, ...(flags === undefined ? [] : [flags])].join('\n');
}

function flagsOf({ usage, help, flags = '' }: VerbText): Set<string> {
  return new Set(Array.from(`${usage} ${help} ${flags}`.matchAll(/--([a-z-]+)/g), ([, name = '']) => name));
}

function didYouMean(typed: string, known: readonly string[], dashes: string): string {
  const near = nearestWord(typed, known);
  const rest = '`transship --help` lists what there is.';
  return near === null ? rest : `Did you mean ${dashes}${near}? ${rest}`;
}
