/**
 * Owns the step that gives a finished temporary file its name, in one step where the server can. Called by
 * write-sftp.ts.
 */
import { FailureError, fail } from '../../../src-shared/model/failure.ts';
import { temporaryName } from '../local/local-key.ts';
import { STATUS, statusOf } from './sftp-failure.ts';
import type { SftpSession } from './sftp-session.ts';

/** Throws `already-exists` when something is there that must not be replaced. */
export function publishSftpFile(
  session: SftpSession,
  temporary: string,
  path: string,
  onlyIfAbsent: boolean,
): Promise<void> {
  return onlyIfAbsent ? publishIfAbsent(session, temporary, path) : publishOver(session, temporary, path);
}

async function publishOver(session: SftpSession, temporary: string, path: string): Promise<void> {
  try {
    await session.replace(temporary, path);
  } catch (thrown) {
    if (thrown instanceof FailureError) throw thrown;
    const there = await session.linkStat(path);
    if (there?.isDirectory() === true) throwExists(path, 'A folder');
    if (statusOf(thrown) !== STATUS.unsupported) throw thrown;
    // A plain rename refuses a name that is taken.
    if (there === null) await session.rename(temporary, path);
    else await replaceInSteps(session, temporary, path);
  }
}

/** What stood there is set aside first, and comes back when the rename fails: for a moment there is no file. */
async function replaceInSteps(session: SftpSession, temporary: string, path: string): Promise<void> {
  const aside = asideOf(temporary);
  await session.rename(path, aside);
  try {
    await session.rename(temporary, path);
  } catch (thrown) {
    await session.rename(aside, path).catch(() => {
      fail('unexpected', `${path} could not be replaced, and what stood there is now called ${aside}.`, {
        hint: 'Give it its name again, unless another attempt replaced it in the meantime.',
        retryable: true,
      });
    });
    throw thrown;
  }
  await session.unlink(aside);
}

/** Hidden from listings like the temporary file itself. */
function asideOf(temporary: string): string {
  const slash = temporary.lastIndexOf('/') + 1;
  return temporary.slice(0, slash) + temporaryName(`old-${temporary.slice(slash)}`);
}

/** A hard link refuses a name that is taken, in one step. */
async function publishIfAbsent(session: SftpSession, temporary: string, path: string): Promise<void> {
  try {
    await session.link(temporary, path);
  } catch (thrown) {
    await throwIfTaken(session, path, thrown);
    // No hard links here. A rename refuses a taken name, says the protocol; servers that do not leave a moment.
    try {
      return await session.rename(temporary, path);
    } catch (refused) {
      await throwIfTaken(session, path, refused);
      throw refused;
    }
  }
  await session.unlink(temporary);
}

/** Servers have one status for a name that is taken and for all else. */
async function throwIfTaken(session: SftpSession, path: string, thrown: unknown): Promise<void> {
  if (thrown instanceof FailureError) throw thrown;
  if ((await session.linkStat(path)) !== null) throwExists(path, 'Something');
}

function throwExists(path: string, what: string): never {
  return fail('already-exists', `${what} named ${path} is already there.`);
}
