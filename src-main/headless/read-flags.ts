/**
 * Owns the flags of the headless door: what they are, what is wrong with them. Pure. Called by headless.ts.
 */
import { parseArgs } from 'node:util';
import { fail } from '../../src-shared/model/failure.ts';

export interface HeadlessFlags {
  readonly profile: string | undefined;
  /** 0: any free one. */
  readonly port: number;
  /** Opens a browser where there is a desktop. */
  readonly open: boolean;
  /** Prints the address as a line of JSON, for scripts. */
  readonly json: boolean;
  readonly help: boolean;
  /** Lets GraphQL clients ask for the schema. */
  readonly introspection: boolean;
}

export const USAGE = `Usage: transship headless [flags]
  --profile DIR     where the database, spool and settings are
  --port N          listen on this port of 127.0.0.1 (default 7717; 0 takes a free one)
  --open            open the page in a browser
  --json            print the address as a line of JSON
  --introspection   let GraphQL clients read the schema
  --help            this text
Secrets: TRANSSHIP_PASSPHRASE keeps them in a sealed file of the profile; TRANSSHIP_SECRET_<ACCOUNT>_<NAME> gives single ones.`;

export const DEFAULT_PORT = 7717;

/** Throws FailureError `invalid-input` with a sentence about the first flag that is wrong. */
export function readFlags(args: readonly string[]): HeadlessFlags {
  let values: ReturnType<typeof parse>['values'];
  try {
    ({ values } = parse(args));
  } catch (error) {
    return fail('invalid-input', error instanceof Error ? error.message : String(error), { hint: USAGE });
  }
  return {
    profile: values.profile,
    port: readPort(values.port),
    open: values.open ?? false,
    json: values.json ?? false,
    help: values.help ?? false,
    introspection: values.introspection ?? false,
  };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      profile: { type: 'string' },
      port: { type: 'string' },
      open: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
      introspection: { type: 'boolean' },
    },
    strict: true,
    allowPositionals: false,
  });
}

function readPort(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 0 && port <= 65_535) return port;
  return fail('invalid-input', `"${text}" is no port.`, {
    hint: 'A whole number from 0 to 65535; 0 takes a free one.',
  });
}
