/**
 * Owns what the lines of a listing say: machine facts (MLSD, RFC 3659 §7), the text of Unix (`ls -l`) and of Windows.
 * Pure. Names come out as they are, white space at both ends included; what is not understood is refused, never left
 * out. basic-ftp's own parser is not used: it ends a name at U+2028 and holds a whole folder in memory.
 * Called by list-folder.ts.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import { parseFtpTime } from './ftp-time.ts';

export interface ListedEntry {
  readonly name: string;
  readonly type: 'file' | 'folder';
  readonly sizeBytes: number;
  /** Only where the server says it to the second and in UTC. */
  readonly modifiedAtMs?: number;
  /** The same for two names of one folder, where the server says it. */
  readonly unique?: string;
}

/**
 * Type and rights, number of links, owner and group (which may hold spaces), size, date, time or year. One space, then
 * the name: more spaces belong to it.
 */
const UNIX =
  /^([a-zA-Z-])[rwxsStTlL-]{9}[.+@]?\s*\d+\s.*?\s?(\d+)\s+(?:[^\s\d]\S{2,3}\s+\d{1,2}|\d{1,2}\.?\s+[^\s\d]\S{2,3}|\d{4}-\d\d-\d\d)\s+(?:\d{1,2}:\d\d|\d{4})\s(.*)$/su;
/** Date, time, size or <DIR> in a field that is as wide as the widest, one space, the name. */
const WINDOWS = /^\d\d-\d\d-\d{2,4}\s+\d\d:\d\d\s*(?:[AP]M)?\s+(?:<(DIR|JUNCTION|SYMLINKD?)>\s{1,10}|(\d+)\s)(.*)$/su;
/** Lines over this are no names: 255 bytes are the most, and the rest of a line is short. */
const MAX_LINE_LENGTH = 8_192;

/** One line of LIST; null where it names neither a file nor a folder: a link, "total 8". Throws `unsupported` or `name-invalid`. */
export function readTextLine(line: string): ListedEntry | null {
  if (line === '' || /^total \d+$/.test(line)) return null;
  if (line.length > MAX_LINE_LENGTH) throwUnread(line);
  const [, kind, unixSize, unixName] = UNIX.exec(line) ?? [];
  if (kind !== undefined && unixName !== undefined) {
    if (kind !== '-' && kind !== 'd') return null;
    return entry({ name: unixName, type: kind === 'd' ? 'folder' : 'file', sizeBytes: Number(unixSize) });
  }
  const [, mark, size, name] = WINDOWS.exec(line) ?? [];
  if (name === undefined) return throwUnread(line);
  if (mark !== undefined && mark !== 'DIR') return null;
  return entry({ name, type: mark === 'DIR' ? 'folder' : 'file', sizeBytes: Number(size ?? 0) });
}

const FACT_TYPES: Readonly<Record<string, ListedEntry['type']>> = { file: 'file', dir: 'folder' };

/** One line of MLSD; null for the folder itself, the one above, and what is neither file nor folder. Throws `unsupported` or `name-invalid`. */
export function readFactsLine(line: string): ListedEntry | null {
  if (line === '') return null;
  const space = line.indexOf(' ');
  const facts = new Map(
    line
      .slice(0, Math.max(0, space))
      .split(';')
      .map((fact) => {
        const equals = fact.indexOf('=');
        return [fact.slice(0, equals).toLowerCase(), fact.slice(equals + 1)] as const;
      }),
  );
  const said = facts.get('type')?.toLowerCase();
  if (space < 0 || said === undefined) return throwUnread(line);
  const type = FACT_TYPES[said];
  if (type === undefined) return null;
  const size = facts.get('size');
  const modifiedAtMs = parseFtpTime(facts.get('modify') ?? '');
  const unique = facts.get('unique');
  return entry({
    name: line.slice(space + 1),
    type,
    sizeBytes: size !== undefined && /^\d+$/.test(size) ? Number(size) : -1,
    ...(modifiedAtMs === null ? {} : { modifiedAtMs }),
    ...(unique === undefined ? {} : { unique }),
  });
}

function entry(given: ListedEntry): ListedEntry {
  // "\n" stands in a name where lines end with "\r\n"; no command can say it.
  if (given.name !== '' && !/[\r\n\0/]/.test(given.name)) return given;
  return fail('name-invalid', `The listing holds a name that no command can say: ${JSON.stringify(given.name)}.`, {
    hint: 'Rename this file or folder, then go on.',
  });
}

function throwUnread(line: string): never {
  return fail(
    'unsupported',
    `The server lists in a way that is not understood: ${JSON.stringify(line.slice(0, 200))}.`,
  );
}
