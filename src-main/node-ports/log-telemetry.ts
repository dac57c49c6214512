/**
 * Owns telling the log what the house does: commands, the pool and the store as they change; jobs and attempts only
 * where somebody asked for so much. Must not choose what is secret: events hold no secrets. Lent to the house by the
 * doors.
 */
import { type CommandName, isCommandName } from '../../src-shared/contract/commands.ts';
import type { Log, Telemetry } from '../ports.ts';

/** Commands that only look, or come with every movement of a window. */
const QUIET = /\.(get|list|count|explain|result|preview|runs|watch|unwatch|info)$/;

/** `isDetailed`: every arrow of every job too; tens of thousands of lines a second under load. */
export function logTelemetry(log: Log, isDetailed: boolean): Telemetry {
  return (event) => {
    switch (event.kind) {
      case 'command':
        if (event.failureCode !== null || isWorthTelling(event.name)) log.info('command', { ...event });
        return;
      case 'pool':
      case 'store':
        log.info(event.kind, { ...event });
        return;
      case 'job':
      case 'attempt':
        if (isDetailed) log.info(event.kind, { ...event });
    }
  };
}

function isWorthTelling(name: string): name is CommandName {
  return isCommandName(name) && !QUIET.test(name);
}
