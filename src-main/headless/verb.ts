/**
 * Owns what a verb of the command line is: what it is lent, what it gives back. Must not know any verb. Used by
 * cli-verbs.ts and its parts; cli.ts lends the process.
 */
import { fail } from '../../src-shared/model/failure.ts';
import type { Call } from './call-house.ts';

export interface VerbInput {
  readonly words: readonly string[];
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  /** Where the command was typed: paths of this computer begin there. */
  readonly folder: string;
  /** Reads standard input to its end. */
  readonly readInput: () => Promise<string>;
  /** A regular file of at most so many bytes. Rejects with FailureError. */
  readonly readFile: (path: string, mostBytes: number) => Promise<Uint8Array>;
  /** What is behind a link of the house, into a file, or to standard output. Rejects when it broke off. */
  readonly download: (link: string, file: string | undefined) => Promise<void>;
  /** The same, line by line. */
  readonly readLines: (link: string) => AsyncIterable<string>;
  /** Text into a file, or to standard output. A file stands under its name only when it is whole. */
  readonly write: (text: AsyncIterable<string>, file: string | undefined) => Promise<void>;
  /** From then on Ctrl-C aborts the signal instead of ending the process. */
  readonly interruptible: () => AbortSignal;
  /** Shown on a terminal while something takes its time. */
  readonly progress: (line: string) => void;
  /** Said beside the output. */
  readonly remark: (line: string) => void;
}

export interface VerbOutput {
  /** For --json; undefined when the output was written already. */
  readonly data: unknown;
  /** For people, a line each. */
  readonly lines: readonly string[];
  /** 1 when what was asked about did not go well. */
  readonly exitCode?: 1;
}

export interface Verb {
  readonly usage: string;
  readonly help: string;
  /** Its flags, where they need more lines than the list of all verbs has room for. */
  readonly flags?: string;
  /** One more is refused, and so is a flag that none of the texts above names (read-typed.ts). */
  readonly mostWords: number;
  run(call: Call, input: VerbInput): Promise<VerbOutput>;
}

export function idOf({ words }: Pick<VerbInput, 'words'>): number {
  const [word = ''] = words;
  return /^\d{1,15}$/.test(word)
    ? Number(word)
    : fail('invalid-input', `"${word}" is no number of a migration or a job.`);
}
