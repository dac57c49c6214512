/**
 * Owns telling OpenTelemetry what the house does, through its API only: without an SDK nothing is measured and nothing
 * is sent. Names follow the semantic conventions: units in the instrument, seconds for durations. Must not start an
 * exporter. Lent to the house by the doors.
 */
import { metrics, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Telemetry } from '../ports.ts';

const NAME = 'transship';
/** Seconds: from a lookup to a film. The SDK's own buckets are made for milliseconds. */
const SECONDS = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 1_800, 7_200];

export function otelTelemetry(): Telemetry {
  const meter = metrics.getMeter(NAME);
  const advice = { explicitBucketBoundaries: SECONDS };
  const tracer = trace.getTracer(NAME);
  const commands = meter.createHistogram('transship.command.duration', {
    unit: 's',
    description: 'Commands answered',
    advice,
  });
  const arrows = meter.createCounter('transship.job.events', {
    description: 'Arrows that jobs took, after the commit',
  });
  const attempts = meter.createHistogram('transship.attempt.duration', {
    unit: 's',
    description: 'Attempts ended',
    advice,
  });
  const bytes = meter.createCounter('transship.transferred', {
    unit: 'By',
    description: 'Bytes of completed attempts',
  });
  const workers = meter.createGauge('transship.workers', { description: 'Worker processes that may be given work' });
  const troubles = meter.createCounter('transship.store.troubles', { description: 'Times the database failed' });

  /** Told when it is over: the span is made with the beginning that it had. */
  const span = (
    name: string,
    tookMs: number,
    failureCode: string | null,
    attributes: Record<string, string | number>,
  ) => {
    const endedAtMs = Date.now();
    const told = tracer.startSpan(name, { startTime: endedAtMs - tookMs, attributes });
    if (failureCode !== null) told.setStatus({ code: SpanStatusCode.ERROR, message: failureCode });
    told.end(endedAtMs);
  };

  return (event) => {
    switch (event.kind) {
      case 'command': {
        const attributes = { command: event.name, outcome: event.failureCode ?? 'ok' };
        commands.record(event.tookMs / 1_000, attributes);
        span(`command ${event.name}`, event.tookMs, event.failureCode, attributes);
        return;
      }
      case 'job':
        arrows.add(1, { event: event.event });
        return;
      case 'attempt': {
        const attributes = { outcome: event.failureCode ?? event.outcome };
        attempts.record(event.tookMs / 1_000, attributes);
        if (event.sizeBytes > 0) bytes.add(event.sizeBytes);
        const ids = { 'job.id': event.jobId, 'migration.id': event.migrationId };
        span('attempt', event.tookMs, event.failureCode, { ...attributes, ...ids });
        return;
      }
      case 'pool':
        workers.record(event.workers);
        return;
      case 'store':
        if (event.failureCode !== null) troubles.add(1, { code: event.failureCode });
    }
  };
}
