/** Proves what every rule makes of a key, nasty ones included, and that no name vanishes. */
import { describe, expect, it } from 'vitest';
import { KEEP_NAMES, type NamingRules, templateProblem } from '../../src-shared/model/naming.ts';
import { destinationKey, namedDestination } from './destination-key.ts';

const SPRING_MS = Date.UTC(2024, 2, 9, 23, 59);

function way(rules: Partial<NamingRules>, source = '', destination = '') {
  const naming = { ...KEEP_NAMES, ...rules };
  return { source: { prefix: source }, destination: { prefix: destination }, naming };
}

const keyOf = (key: string, rules: Partial<NamingRules>, modifiedAtMs?: number): string => {
  const made = destinationKey({ key, modifiedAtMs }, way(rules));
  return made.refusal === undefined ? made.key : made.refusal.code;
};

describe('a destination key', () => {
  it.each([
    ['photos/2024/a b.jpg', 'photos/2024/', 'archive', 'archive/a b.jpg'],
    ['photos/2024/x', 'photos/20', 'archive', 'archive/2024/x'],
    ['a//b/../c', '', '', 'a//b/../c'],
    ['/lead', '', 'p/', 'p//lead'],
    ['elsewhere/x', 'photos/', 'p', 'p/elsewhere/x'],
    ['https://cdn.test/img/a%20b%2Fc.jpg?v=2#top', '', 'p', 'p/img/a b/c.jpg%3Fv=2'],
    ['https://cdn.test/100%.jpg', '', '', '100%.jpg'],
    ['https://cdn.test', '', 'p', 'p/'],
    ['e\u0301.jpg', '', '', 'e\u0301.jpg'],
    ['folder/', '', 'p', 'p/folder/'],
  ])('of %s under %s is put below %s, and nothing else is done to it', (key, source, destination, expected) => {
    expect(destinationKey({ key }, way({}, source, destination))).toEqual({ key: expected });
  });

  it('that somebody gave is taken as it is, whatever the rules', () => {
    const asset = { sourceKey: 'img/x', destinationKey: 'img/Y' };
    expect(namedDestination(asset, way({ letters: 'lower', template: '{name}' }, 'img/', 'new'))).toEqual({
      key: 'new/img/Y',
    });
  });

  it.each([
    ['old/a.jpg', 'old/', 'a.jpg'],
    ['older/a.jpg', 'old/', 'older/a.jpg'],
    ['old/old/a.jpg', 'old/', 'old/a.jpg'],
    ['Old/a.jpg', 'old/', 'Old/a.jpg'],
    ['old/', 'old/', 'name-invalid'],
    ['old', 'old', 'name-invalid'],
    ['a/b.jpg', 'a/b.jpg', 'name-invalid'],
  ])('%s without %s is %s', (key, stripPrefix, expected) => {
    expect(keyOf(key, { stripPrefix })).toBe(expected);
  });

  it.each([
    ['IMG/Ä.JPG', 'img/ä.jpg'],
    // Not normalised: the two stay two.
    ['E\u0301', 'e\u0301'],
    ['\u00c9', '\u00e9'],
  ])('%s in lower case is %s', (key, expected) => {
    expect(keyOf(key, { letters: 'lower' })).toBe(expected);
  });

  it.each([
    ['Sommer 2024/Größe & Höhe (1).JPG', 'sommer-2024/grosse-hohe-1.jpg'],
    ['Łódź/Œuvre.tar.gz', 'lodz/oeuvre-tar.gz'],
    ['a//b.png', 'a//b.png'],
    ['.htaccess', 'htaccess'],
    ['name.', 'name'],
    ['e\u0301te\u0301.txt', 'ete.txt'],
    ['a%2Fb+c=d.txt', 'a-2fb-c-d.txt'],
    ['new\r\nline.txt', 'new-line.txt'],
    ['Folder One/', 'folder-one/'],
    ['日本語.jpg', 'name-invalid'],
    ['日本/a.jpg', 'name-invalid'],
    ['a/../b.jpg', 'name-invalid'],
    ['---', 'name-invalid'],
  ])('%s as a slug is %s', (key, expected) => {
    expect(keyOf(key, { letters: 'slug' })).toBe(expected);
  });

  it.each([
    ['a/b/c.tar.gz', '{key}', 'a/b/c.tar.gz'],
    ['a/b/c.tar.gz', '{dir}/{name}.{ext}', 'a/b/c.tar.gz'],
    ['c.jpg', '{dir}/{name}.{ext}', 'c.jpg'],
    ['a/LICENSE', '{dir}/{name}.{ext}', 'a/LICENSE'],
    ['a/.env', '{dir}/{name}.{ext}', 'a/.env'],
    ['a/c.jpg', '{ext}/{date:YYYY/MM/DD}/{name}', 'jpg/2024/03/09/c'],
    ['a/c.jpg', '{date:YYYYMMDD}-{name}.{ext}', '20240309-c.jpg'],
    ['a//c.jpg', '{dir}/x-{name}', 'a//x-c'],
    // What a key brings is text, never a placeholder or a replacement pattern.
    ['{dir}/{ext}.$&', '{name}', '{ext}'],
    ["$'/$1.txt", '{dir}-{name}', "$'-$1"],
    ['folder/', 'x/{name}', 'folder/'],
  ])('%s by the template %s is %s', (key, template, expected) => {
    expect(keyOf(key, { template }, SPRING_MS)).toBe(expected);
  });

  it.each([undefined, Number.NaN, 9e15])('needs a real date for {date}: %s is none', (modifiedAtMs) => {
    expect(keyOf('a.jpg', { template: '{date:YYYY}/{name}' }, modifiedAtMs)).toBe('name-invalid');
    expect(keyOf('a.jpg', { template: 'x/{name}' }, modifiedAtMs)).toBe('x/a');
  });

  it('takes the rules in their order: strip, letters, template', () => {
    const rules = { stripPrefix: 'Old Site/', letters: 'slug', template: 'Archive/{key}' } as const;
    expect(keyOf('Old Site/My Photo.JPG', rules)).toBe('Archive/my-photo.jpg');
  });
});

describe('a template', () => {
  it.each(['', '{key}', 'x/{dir}/{name}.{ext}', '{date:YYYY-MM}/{key}', '{date:DD.MM.YYYY}{name}'])(
    '%s is taken',
    (template) => expect(templateProblem(template)).toBeNull(),
  );

  it.each([
    ['{file}', /no placeholder \{file\}/],
    ['{name', /no placeholder \{name/],
    ['{name}}', /no placeholder \}/],
    ['{date:HH}/{name}', /no placeholder \{date:HH\}/],
    ['{date}/{name}', /no placeholder \{date\}/],
    ['same', /every asset would get the same key/],
    ['{dir}.{ext}', /every asset would get the same key/],
    ['{name}/', /does not end in/],
  ])('%s is refused', (template, words) => expect(templateProblem(template)).toMatch(words));
});
