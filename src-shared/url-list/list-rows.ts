/**
 * Owns the shapes in which a list of addresses comes: plain lines, a table with a first line of names (CSV or TSV), and
 * the table of Google's Storage Transfer. Gives rows of text; must not judge what stands in them. Called by
 * read-url-list.ts.
 */
import { CsvError, readCsv } from '../report/csv.ts';

/** What a row can say, each as text; undefined or empty: not said. */
export interface ListRow {
  /** Counted from 1, as an editor counts. */
  readonly line: number;
  readonly url: string;
  readonly size?: string | undefined;
  readonly md5?: string | undefined;
  readonly sha256?: string | undefined;
  /** Of either kind: its length tells. */
  readonly digest?: string | undefined;
  readonly key?: string | undefined;
  /** It names assets by host and path, as the service does that the list was made for. */
  readonly isGoogle?: true;
}

export interface LineProblem {
  readonly line: number;
  readonly message: string;
}

export type RowOrProblem = ListRow | LineProblem;

type Column = Exclude<keyof ListRow, 'line' | 'isGoogle'>;

/** The names that people give columns. */
const COLUMN_NAMES: Readonly<Record<string, Column>> = {
  url: 'url',
  address: 'url',
  size: 'size',
  size_bytes: 'size',
  bytes: 'size',
  length: 'size',
  md5: 'md5',
  sha256: 'sha256',
  digest: 'digest',
  checksum: 'digest',
  key: 'key',
  destination_key: 'key',
  target_key: 'key',
  target: 'key',
};
const COLUMNS_HINT = 'Columns are url, size, md5, sha256, digest and key.';
const GOOGLE = 'TsvHttpData-1.0';

/** Rows in order. What cannot be gone on from ends with a problem. */
export function listRows(text: string): Iterable<RowOrProblem> {
  const { content, index } = firstLine(text);
  if (content === GOOGLE) return googleRows(text, index);
  const separator = [',', ';', '\t'].find((candidate) => headerOf(content, candidate).includes('url'));
  if (separator !== undefined) return tableRows(text, separator, null);
  if (content.startsWith('"')) return tableRows(text, /"\t/.test(content) ? '\t' : ',', ['url', 'key']);
  return plainRows(text);
}

/** The first line that is neither empty nor a remark. */
function firstLine(text: string): { readonly content: string; readonly index: number } {
  let index = 0;
  for (const raw of linesOf(text)) {
    const content = raw.trim();
    if (content !== '' && !content.startsWith('#')) return { content, index };
    index += 1;
  }
  return { content: '', index };
}

function headerOf(content: string, separator: string): readonly (Column | undefined)[] {
  return content.split(separator).map((cell) => columnOf(cell.replace(/^"(.*)"$/s, '$1')));
}

function columnOf(name: string): Column | undefined {
  return COLUMN_NAMES[name.trim().toLowerCase()];
}

/**
 * An address, and optionally a TAB, or a comma with a space after it, and the destination key. A bare comma stays part
 * of the address: image services use it in paths, and cutting there would fetch something else without a word.
 */
function* plainRows(text: string): Generator<RowOrProblem> {
  let line = 0;
  for (const raw of linesOf(text)) {
    line += 1;
    const content = raw.trim();
    if (content === '' || content.startsWith('#')) continue;
    const cut = (content.includes('\t') ? /\t+/ : /,\s+/).exec(content);
    if (cut === null) {
      yield { line, url: content };
      continue;
    }
    const key = content.slice(cut.index + cut[0].length);
    if (!key.includes('\t')) yield { line, url: content.slice(0, cut.index).trim(), key };
    else yield { line, message: `More than two columns need a first line that names them. ${COLUMNS_HINT}` };
  }
}

function* googleRows(text: string, headerIndex: number): Generator<RowOrProblem> {
  let line = 0;
  for (const raw of linesOf(text)) {
    line += 1;
    const content = raw.trim();
    if (line <= headerIndex + 1 || content === '' || content.startsWith('#')) continue;
    const [url = '', size, md5, ...more] = raw.split('\t');
    if (more.length === 0) yield { line, url, size, md5, isGoogle: true };
    else yield { line, message: `${GOOGLE} has three columns: address, size and MD5.` };
  }
}

function* tableRows(text: string, separator: string, given: readonly Column[] | null): Generator<RowOrProblem> {
  let columns = given;
  try {
    for (const { line, cells } of readCsv(text, { separator, remarks: '#' })) {
      if (columns === null) {
        const header = readHeader(cells);
        if (typeof header === 'string') {
          yield { line, message: header };
          return;
        }
        columns = header;
        continue;
      }
      const isShort = given !== null && cells.length === 1;
      if (cells.length === columns.length || isShort) {
        yield { line, url: '', ...Object.fromEntries(columns.map((column, at) => [column, cells[at]])) };
      } else {
        const rest = 'A cell that holds the separator stands in quotes.';
        yield { line, message: `This row has ${cells.length} cells and there are ${columns.length} columns. ${rest}` };
      }
    }
  } catch (thrown) {
    if (!(thrown instanceof CsvError)) throw thrown;
    yield { line: thrown.line, message: `The quotes do not fit: ${thrown.reason} What follows cannot be read.` };
  }
}

/** The columns, or what is wrong with the line that names them. */
function readHeader(cells: readonly string[]): readonly Column[] | string {
  const columns: Column[] = [];
  for (const cell of cells) {
    const column = columnOf(cell);
    if (column === undefined) return `The column "${cell.slice(0, 100)}" is not known. ${COLUMNS_HINT}`;
    if (columns.includes(column)) return `There are two columns for the ${column}.`;
    columns.push(column);
  }
  return columns;
}

/** Without holding them all: a list may have a million. */
function* linesOf(text: string): Generator<string> {
  const end = /\r\n|\n|\r/g;
  let from = 0;
  for (let match = end.exec(text); match !== null; match = end.exec(text)) {
    yield text.slice(from, match.index);
    from = end.lastIndex;
  }
  yield text.slice(from);
}
