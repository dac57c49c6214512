/**
 * Owns a worker's conversation with its supervisor: which attempts run, what is answered, how it all ends. Must not
 * know what carries the messages, and never waits: one message is handled at a time, work goes on beside it.
 * Started by worker-entry.ts.
 */
import type {
  AbortReason,
  AttemptOrder,
  FromWorker,
  NoticeOrder,
  ToWorker,
} from '../../src-shared/contract/worker-messages.ts';
import { FailureError, failure, toFailure } from '../../src-shared/model/failure.ts';
import { AttemptAborted } from './abort.ts';
import { createAbsenceGuess } from './absence-guess.ts';
import { createAbsenceSurvey } from './absence-survey.ts';
import { type ApartNote, createApartNote } from './apart-note.ts';
import { type AttemptPatience, PATIENCE } from './attempt.ts';
import { checkAccount } from './check-account.ts';
import { listSource } from './list-source.ts';
import { createMeter, type Meter, SAMPLE_EVERY_MS } from './metering.ts';
import { runNotice } from './notices/run-notice.ts';
import { createOutbox } from './outbox.ts';
import { WorkerPace } from './pace.ts';
import { type CreateProviderFor, createProviderPool } from './provider-pool.ts';
import { readMessage } from './read-message.ts';
import { removeSource } from './remove-source.ts';
import { runAttempt } from './run-attempt.ts';
import { type AttemptNote, createUploadNote, largeWriteOf } from './upload-note.ts';
import { giveUpUpload } from './write-destination.ts';

export interface WorkerSurroundings {
  readonly send: (message: FromWorker) => void;
  /** One line for the log. */
  readonly warn: (line: string) => void;
  readonly createProviderFor: CreateProviderFor;
  /** The supervisor asks this process to end. */
  readonly onShutdown: () => void;
  readonly patience?: AttemptPatience;
}

export interface Worker {
  /** Anything that came from the main process. Throws when it is no message for a worker. */
  receive(message: unknown): void;
  /** Aborts everything and resolves when all attempts have reported. Never rejects. */
  stop(): Promise<void>;
}

interface RunningAttempt {
  readonly controller: AbortController;
  /** null: a notice has no progress, and writes nothing. */
  readonly meter: Meter | null;
  readonly note: AttemptNote | null;
  readonly apart: ApartNote | null;
  readonly ended: Promise<void>;
}

type Configuration = Extract<ToWorker, { type: 'configure' }>;

export function createWorker(surroundings: WorkerSurroundings): Worker {
  const { warn, createProviderFor } = surroundings;
  const outbox = createOutbox(surroundings.send);
  const pool = createProviderPool(createProviderFor);
  const absence = createAbsenceGuess();
  const survey = createAbsenceSurvey();
  const pace = new WorkerPace();
  const running = new Map<string, RunningAttempt>();
  /** Ends listings and checks, which nobody gives back. */
  const stopRequests = new AbortController();
  let configuration: Configuration | null = null;
  let isStopping = false;
  let beats: readonly NodeJS.Timeout[] = [];

  function configure(next: Configuration): void {
    configuration = next;
    stopBeats();
    beats = [
      setInterval(() => outbox.send({ type: 'heartbeat' }), next.heartbeatMs),
      setInterval(sampleProgress, SAMPLE_EVERY_MS),
    ];
  }

  function stopBeats(): void {
    for (const beat of beats) clearInterval(beat);
  }

  function begin(order: AttemptOrder): void {
    if (configuration === null) throw new Error('an attempt came before the configuration');
    if (running.has(order.token)) throw new Error(`the attempt ${order.token} runs already`);
    if (isStopping) {
      outbox.report(order.token, { kind: 'aborted', reason: 'shutdown' });
      return;
    }
    const controller = new AbortController();
    const meter = createMeter(order.jobId, order.sizeBytes);
    const tell = (mark: string): void => outbox.send({ type: 'upload-begun', token: order.token, mark });
    const note = createUploadNote(largeWriteOf(order), tell, controller.signal);
    const apart = createApartNote(
      order.isApart,
      () => outbox.send({ type: 'apart-seen', token: order.token }),
      controller.signal,
    );
    const ended = run(order, configuration, controller.signal, meter, { note, apart });
    running.set(order.token, { controller, meter, note, apart, ended });
  }

  async function run(
    order: AttemptOrder,
    { spoolFolder, memorySpoolBytes }: Configuration,
    signal: AbortSignal,
    meter: Meter,
    notes: { readonly note: AttemptNote; readonly apart: ApartNote },
  ): Promise<void> {
    try {
      const [source, destination] = await Promise.all([
        pool.get(order.source.accountKey),
        pool.get(order.destination.accountKey),
      ]);
      const patience = surroundings.patience ?? PATIENCE;
      const attempt = {
        order,
        source,
        destination,
        absence,
        survey,
        meter,
        pace: pace.of(order.queue),
        ...notes,
        signal,
        patience,
        spoolFolder,
        memorySpoolBytes,
        warn,
      };
      outbox.report(order.token, await runAttempt(attempt));
    } catch (thrown) {
      outbox.report(order.token, { kind: 'failed', failure: toFailure(thrown), step: meter.step() });
    }
    running.delete(order.token);
  }

  function beginNotice(order: NoticeOrder): void {
    if (isStopping) {
      outbox.report(order.token, { kind: 'aborted', reason: 'shutdown' });
      return;
    }
    const controller = new AbortController();
    const ended = runNotice(order, Date.now(), controller.signal).then((report) => {
      running.delete(order.token);
      outbox.report(order.token, report);
    });
    running.set(order.token, { controller, meter: null, note: null, apart: null, ended });
  }

  function sampleProgress(): void {
    const items = [...running].flatMap(([token, { meter }]) => {
      const progress = meter?.sample() ?? null;
      return progress === null ? [] : [{ ...progress, token }];
    });
    if (items.length > 0) outbox.send({ type: 'progress', items });
  }

  function abort(token: string, reason: AbortReason): void {
    // An unknown token has ended already; its outcome is on its way.
    running.get(token)?.controller.abort(new AttemptAborted(reason));
  }

  /** Answers a request with what `work` comes to. */
  function answer(requestId: number, work: Promise<FromWorker>): void {
    work.then(outbox.send, (thrown: unknown) =>
      outbox.send({ type: 'request-failed', requestId, failure: toFailure(thrown) }),
    );
  }

  async function list(request: Extract<ToWorker, { type: 'list' }>): Promise<FromWorker> {
    const provider = await pool.get(request.accountKey);
    const page = await listSource(provider, request, stopRequests.signal);
    return { type: 'page', requestId: request.requestId, ...page };
  }

  async function giveUp(request: Extract<ToWorker, { type: 'give-up' }>): Promise<FromWorker> {
    const { requestId, accountKey, container, key, mark } = request;
    await giveUpUpload(await pool.get(accountKey), container, key, mark, stopRequests.signal);
    return { type: 'given-up', requestId };
  }

  async function settleSource(request: Extract<ToWorker, { type: 'remove-source' }>): Promise<FromWorker> {
    const { requestId, order } = request;
    const [source, destination] = await Promise.all([
      pool.get(order.source.accountKey),
      pool.get(order.destination.accountKey),
    ]);
    const watch = { signal: stopRequests.signal, patience: surroundings.patience ?? PATIENCE };
    const keptBecause = await removeSource({ source, destination }, order, watch);
    return { type: 'source-settled', requestId, keptBecause };
  }

  async function check(request: Extract<ToWorker, { type: 'check' }>): Promise<FromWorker> {
    const report = await checkAccount(createProviderFor, request, stopRequests.signal);
    return { type: 'checked', requestId: request.requestId, report };
  }

  async function stop(): Promise<void> {
    isStopping = true;
    for (const token of running.keys()) abort(token, 'shutdown');
    stopRequests.abort(new FailureError(failure('worker-lost', 'The worker was stopped before it could answer.')));
    await Promise.all([...running.values()].map((attempt) => attempt.ended));
    outbox.flush();
    stopBeats();
    await pool.close().catch((thrown: unknown) => warn(`a provider did not close: ${toFailure(thrown).message}`));
  }

  function receive(value: unknown): void {
    const message = readMessage(value);
    switch (message.type) {
      case 'configure':
        configure(message);
        break;
      case 'account':
        pool.put(message.account).catch((thrown: unknown) => {
          warn(`a replaced provider did not close: ${toFailure(thrown).message}`);
        });
        break;
      case 'pace':
        pace.change(message);
        break;
      case 'attempts':
        message.orders.forEach(begin);
        break;
      case 'notices':
        message.orders.forEach(beginNotice);
        break;
      case 'upload-noted':
        running.get(message.token)?.note?.confirm();
        break;
      case 'apart-noted':
        running.get(message.token)?.apart?.confirm();
        break;
      case 'remove-source':
        answer(message.requestId, settleSource(message));
        break;
      case 'give-up':
        answer(message.requestId, giveUp(message));
        break;
      case 'abort':
        abort(message.token, message.reason);
        break;
      case 'list':
        answer(message.requestId, list(message));
        break;
      case 'check':
        answer(message.requestId, check(message));
        break;
      case 'shutdown':
        surroundings.onShutdown();
        break;
    }
  }

  return { receive, stop };
}
