/**
 * Owns the Prometheus endpoint: OpenTelemetry's own SDK and exporter behind the door's token, and the gauges of what
 * waits in each queue. Must not listen on a port of its own. Mounted by headless.ts; the desktop has none.
 */
import { metrics } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { JOB_STATES } from '../../src-shared/model/job-state.ts';
import type { House } from '../api/house.ts';
import type { Mounted } from './http-door.ts';

let exporter: PrometheusExporter | null = null;

/** Before the first instrument is made: from here on OpenTelemetry measures. Once for a process. */
export function startMetrics(): void {
  exporter = new PrometheusExporter({ preventServerStart: true, withoutTargetInfo: true });
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [exporter] }));
}

/** Answers GET with the text format. */
export function mountMetrics(house: House): Mounted {
  const jobs = metrics.getMeter('transship').createObservableGauge('transship.queue.jobs', {
    description: 'Jobs in each state of each queue',
  });
  jobs.addCallback(async (result) => {
    const { queues } = await house.call('queue.list', {});
    for (const { name, counts } of queues) {
      for (const state of JOB_STATES) result.observe(counts[state], { queue: name, state });
    }
  });
  return (request, response) => {
    if (request.method !== 'GET' || exporter === null) {
      response.writeHead(405, { Allow: 'GET' }).end();
      return;
    }
    exporter.getMetricsRequestHandler(request, response);
  };
}
