/**
 * Owns which sinks a door tells: the log and OpenTelemetry. Must not know what is told. Called by main.ts and
 * headless.ts.
 */
import type { Log, Telemetry } from '../ports.ts';
import { logTelemetry } from './log-telemetry.ts';
import { otelTelemetry } from './otel-telemetry.ts';

/** TRANSSHIP_LOG=jobs logs every arrow of every job too. */
export function doorTelemetry(log: Log, env: Readonly<Record<string, string | undefined>>): Telemetry {
  const sinks = [logTelemetry(log, env.TRANSSHIP_LOG === 'jobs'), otelTelemetry()];
  return (event) => {
    for (const tell of sinks) tell(event);
  };
}
