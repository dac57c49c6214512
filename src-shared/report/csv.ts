/**
 * Owns CSV as RFC 4180 has it, and the apostrophe that keeps spreadsheets from reading a cell as a formula. Must not
 * know what the columns mean. Used by whoever writes or reads a report or a URL map.
 *
 * A cell that a spreadsheet might take for a formula gets one apostrophe in front (OWASP ASVS 5.0, 1.2.10), and so does
 * one that begins with an apostrophe of its own. Taking one apostrophe away therefore gives back every cell as it was.
 */
import { FailureError, failure } from '../model/failure.ts';

/** Also the full-width signs, which some spreadsheets treat like their narrow kin, and NUL. */
const FORMULA = /^['=+\-@\t\r\n\0\uFF1D\uFF0B\uFF0D\uFF20]/;
/** Beyond what RFC 4180 asks: a semicolon or a TAB is the separator where a spreadsheet was set up so. */
const NEEDS_QUOTES = /[",;\t\r\n]|^\s|\s$/;
const SEPARATORS = [',', ';', '\t'];

export type Cell = string | number | null;

/** One line with its CRLF. null is an empty cell; numbers are written as they are. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(writeCell).join(',')}\r\n`;
}

function writeCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return `${cell}`;
  const guarded = FORMULA.test(cell) ? `'${cell}` : cell;
  return NEEDS_QUOTES.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/** A cell as it was before it was guarded. */
export function unguarded(cell: string): string {
  return cell.startsWith("'") ? cell.slice(1) : cell;
}

export interface CsvRow {
  /** Where the row begins, counted from 1 as an editor counts. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** A row that breaks the rules of CSV: nothing after it can be told apart. */
export class CsvError extends FailureError {
  readonly line: number;
  readonly reason: string;

  constructor(line: number, reason: string) {
    super(failure('invalid-input', `Line ${line}: ${reason}`));
    this.line = line;
    this.reason = reason;
  }
}

export interface CsvStyle {
  /** Absent: the one that the first line uses. Spreadsheets save with a semicolon or a TAB in some languages. */
  readonly separator?: string;
  /** Rows that begin with it are passed over. */
  readonly remarks?: string;
}

/** Rows one by one, empty lines left out. Throws CsvError where a quote is out of place. */
export function* readCsv(text: string, style: CsvStyle = {}): Generator<CsvRow> {
  const separator = style.separator ?? separatorOf(text);
  let at = 0;
  let line = 1;

  function quoted(): string {
    const opened = line;
    let cell = '';
    at += 1;
    for (;;) {
      const end = text.indexOf('"', at);
      if (end < 0) throw new CsvError(opened, 'a quote is opened and never closed.');
      const piece = text.slice(at, end);
      line += lineEnds(piece);
      cell += piece;
      at = end + 1;
      if (text[at] !== '"') return cell;
      cell += '"';
      at += 1;
    }
  }

  function plain(): string {
    const from = at;
    while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') at += 1;
    const cell = text.slice(from, at);
    if (cell.includes('"')) throw new CsvError(line, 'a quote stands inside a cell that is not quoted.');
    return cell;
  }

  while (at < text.length) {
    if (style.remarks !== undefined && text.startsWith(style.remarks, at)) {
      while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at += 1;
      at += text.startsWith('\r\n', at) ? 2 : 1;
      line += 1;
      continue;
    }
    const row = { line, cells: [] as string[] };
    for (;;) {
      row.cells.push(text[at] === '"' ? quoted() : plain());
      const next = text[at];
      if (next === separator) {
        at += 1;
        continue;
      }
      if (next !== undefined && next !== '\n' && next !== '\r') {
        throw new CsvError(line, 'something follows the closing quote of a cell.');
      }
      at += next === '\r' && text[at + 1] === '\n' ? 2 : 1;
      line += 1;
      break;
    }
    if (row.cells.length > 1 || row.cells[0] !== '') yield row;
  }
}

function separatorOf(text: string): string {
  const first = /^[^\r\n]*/.exec(text)?.[0] ?? '';
  const count = (separator: string): number => first.split(separator).length;
  return SEPARATORS.toSorted((one, other) => count(other) - count(one))[0] ?? ',';
}

function lineEnds(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0;
}
