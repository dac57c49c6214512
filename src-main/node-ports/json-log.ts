/**
 * Owns the log file: one line of JSON per event, secrets masked. Must never stop the app: a log that cannot be written
 * is dropped, jobs go on. Lent to the house by main.ts and headless.ts.
 */
import { fsyncSync, openSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { destination, pino, stdSerializers } from 'pino';
import type { Log } from '../ports.ts';
import { scrubSecrets } from './scrub-secrets.ts';

/** A log larger than this is set aside as `.1` at the next start: two files bound the space a profile's log takes. */
const LARGEST_LOG_BYTES = 10 * 1024 * 1024;

/** Lines that wait for a full disk to have room again; further ones are dropped. */
const MOST_HELD_BYTES = 1024 * 1024;

export interface JsonLog extends Log {
  /** Puts everything on the disk itself. For the last moment before the process ends; never throws. */
  flush(): void;
}

/** Opens `<profile>/transship.log` for appending, mode 0600. */
export function openJsonLog(profile: string): JsonLog {
  const file = join(profile, 'transship.log');
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LARGEST_LOG_BYTES) renameSync(file, `${file}.1`);
  const fd = openSync(file, 'a', 0o600);
  // Each line is the kernel's before the call returns: what happened last stands in the log also after SIGKILL.
  const stream = destination({ dest: fd, sync: true, maxLength: MOST_HELD_BYTES });
  // Without a listener a full disk would end the process.
  stream.on('error', () => {});
  const logger = pino(
    {
      base: { pid: process.pid },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: stdSerializers.err, cause: stdSerializers.err },
      redact: { paths: ['secrets', '*.secrets', '*.*.secrets'], censor: '***' },
      hooks: { streamWrite: scrubSecrets },
    },
    stream,
  );
  return {
    info: (message, fields) => logger.info(fields ?? {}, message),
    warn: (message, fields) => logger.warn(fields ?? {}, message),
    error: (message, fields) => logger.error(fields ?? {}, message),
    flush() {
      try {
        // Not the stream's own flushSync: that one waits for a full disk to have room, for ever.
        fsyncSync(fd);
      } catch {
        // There is no other place to tell it.
      }
    },
  };
}
