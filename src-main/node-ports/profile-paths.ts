/**
 * Owns where a profile is and what its folders are called. Must not open the database: closing any other handle on
 * that file would drop SQLite's locks. Called once at start by main.ts, headless.ts and cli.ts.
 */
import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  readdirSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { fail } from '../../src-shared/model/failure.ts';
import type { Paths } from '../ports.ts';

/** Says whose folder this is, to us at the next start and to a person who finds it. */
const MARKER = '.transship-profile';

export interface ProfileQuestion {
  /** The value of `--profile`, when given. */
  readonly argument: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly cwd: string;
}

/**
 * The profile's folder: `--profile`, else TRANSSHIP_PROFILE, else the platform's place for application data. Both
 * doors ask here, so window and headless share one profile. Pure. Fails with `invalid-input`.
 */
export function resolveProfile({ argument, env, platform, home, cwd }: ProfileQuestion): string {
  const chosen = argument ?? (env.TRANSSHIP_PROFILE || undefined);
  if (chosen !== undefined) {
    if (chosen.trim() === '' || chosen.includes('\0')) {
      fail('invalid-input', 'The profile folder has no usable name.', {
        hint: 'Give a folder, as in --profile ./data.',
      });
    }
    return resolve(cwd, chosen);
  }
  // A folder below: Electron puts files of its own into the one that bears the app's name.
  if (platform === 'win32') return join(env.APPDATA || join(home, 'AppData', 'Roaming'), 'Transship', 'profile');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Transship', 'profile');
  const dataHome = env.XDG_DATA_HOME;
  return join(dataHome && isAbsolute(dataHome) ? dataHome : join(home, '.local', 'share'), 'transship');
}

/**
 * Makes the profile's folders, 0700, and answers their paths. Refuses a folder with other people's things in it, so
 * that a slip like `--profile /etc` writes nothing. Fails with `invalid-input` or `permission-denied`.
 */
export function openProfile(folder: string): Paths {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (thrown) {
    if (isOccupiedByFile(folder)) {
      fail('invalid-input', `The profile ${folder} is a file, not a folder.`, { hint: 'Choose another place.' });
    }
    refuse(folder, thrown);
  }
  const profile = realpathSync(folder);
  const paths: Paths = {
    profile,
    database: join(profile, 'transship.sqlite'),
    spool: join(profile, 'spool'),
    sample: join(profile, 'sample'),
  };
  try {
    const found = readdirSync(profile);
    if (found.length > 0 && !found.includes(MARKER)) {
      fail('invalid-input', `The folder ${profile} is in use for something else.`, {
        hint: 'Choose an empty folder, or one that Transship made.',
      });
    }
    accessSync(profile, constants.W_OK);
    if (found.length === 0) {
      chmodSync(profile, 0o700);
      writeFileSync(join(profile, MARKER), 'This folder belongs to Transship.\n', { mode: 0o600 });
    }
    for (const each of [paths.spool, paths.sample]) mkdirSync(each, { recursive: true, mode: 0o700 });
  } catch (thrown) {
    refuse(profile, thrown);
  }
  return paths;
}

function isOccupiedByFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === false;
}

/** Turns a system error into a sentence; what is a failure already goes on as it is. */
function refuse(folder: string, thrown: unknown): never {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (code === '') throw thrown;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    fail('disk-full', `There is no space for the profile ${folder}.`, { hint: 'Free some space and start again.' });
  }
  fail('permission-denied', `The profile ${folder} cannot be written (${code}).`, {
    hint: 'Choose a folder of your own with --profile, or mend its permissions.',
  });
}
