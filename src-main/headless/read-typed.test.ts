/** Proves that nothing that was typed is passed over, and that a slip is answered with what was probably meant. */
import { describe, expect, it } from 'vitest';
import { VERBS } from './cli-verbs.ts';
import { helpOf, helpOfAll, readTyped, verbOf } from './read-typed.ts';

const typed = (line: string) => {
  const { values, positionals } = readTyped(line.split(' '));
  const [word = '', ...words] = positionals;
  return verbOf(VERBS, word, { words, flags: Object.keys(values) });
};
const refusal = (message: string, hint: string) => ({
  failure: { code: 'invalid-input', message: expect.stringContaining(message), hint: expect.stringContaining(hint) },
});
const thrownBy = (line: string): unknown => {
  try {
    return typed(line);
  } catch (error) {
    return error;
  }
};

describe('what was typed', () => {
  it.each([
    'submit /from /to --from a --to b --prefix p --into q --include *.jpg --include *.png --move --set-tag a=b --json',
    'submit --urls list.csv /to --move',
    'plan /from /to --strip old/ --only new --run --mbps 4',
    'report 3 --only failed -o failed.csv --profile /p',
    'probe 3 --old a --new b --sample 5 --allow-private',
    'call migration.get {}',
    'cap 2.5 --queue video',
  ])('takes: %s', (line) => {
    expect(typed(line)).toBe(VERBS[line.split(' ')[0] ?? '']);
  });

  it('refuses a word too many: a folder with a space in its name is another folder without quotes', () => {
    expect(thrownBy('submit /data/my photos /backup')).toMatchObject(refusal('"/backup"', 'between quotes'));
    expect(thrownBy('list all')).toMatchObject(refusal('"all"', 'list --help'));
  });

  it('refuses a flag of another verb', () => {
    expect(thrownBy('submit /from /to --only failed')).toMatchObject(refusal('no --only', 'submit --help'));
    expect(thrownBy('cancel 3 --move')).toMatchObject(refusal('no --move', 'cancel --help'));
    expect(thrownBy('plan /from /to --urls list.csv')).toMatchObject(refusal('no --urls', 'plan --help'));
  });

  it('answers a slip with the word that is near, and anything else with where to look', () => {
    expect(thrownBy('submt /from /to')).toMatchObject(refusal('"submt"', 'Did you mean submit?'));
    expect(thrownBy('submit /from /to --overwrte never')).toMatchObject(
      refusal('--overwrte', 'Did you mean --overwrite?'),
    );
    expect(thrownBy('teleport')).toMatchObject(refusal('"teleport"', '--help'));
    expect(thrownBy('teleport')).not.toMatchObject(refusal('', 'Did you mean'));
  });
});

describe('the help', () => {
  it('names every verb, and of one verb every flag that it takes', () => {
    for (const word of Object.keys(VERBS)) expect(helpOfAll(VERBS)).toContain(`\n  ${word}`);
    const submit = VERBS.submit;
    if (submit === undefined) throw new Error('There is no submit.');
    expect(helpOf(submit)).toContain('--storage-class');
    expect(helpOf(submit)).toContain('--from-report');
  });
});
