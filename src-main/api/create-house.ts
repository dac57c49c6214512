/**
 * Owns the border of the house: everything that comes in is checked by its command's schema, everything that goes
 * wrong goes out as a Failure. Must not know any transport. Made by compose.ts.
 */
import { z } from 'zod';
import type { ServerMessage } from '../../src-shared/contract/channel.ts';
import {
  type CommandName,
  commands,
  isCommandName,
  type Params,
  type Result,
} from '../../src-shared/contract/commands.ts';
import { type Failure, type FailureCode, FailureError, failure, toFailure } from '../../src-shared/model/failure.ts';
import type { Coordinator } from '../engine/coordinator.ts';
import type { UpdateStream } from '../engine/updates.ts';
import type { Clock, Log, Telemetry } from '../ports.ts';
import type { EvidenceLinks } from './evidence-links.ts';
import type { CallContext, Handlers } from './handler-map.ts';
import type { House, OutcomeEvent, Session } from './house.ts';

export interface HouseParts {
  readonly handlers: Handlers;
  readonly coordinator: Coordinator;
  readonly updates: UpdateStream;
  readonly links: EvidenceLinks;
  readonly log: Log;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly stop: () => Promise<void>;
}

const clientMessage = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('call'),
    id: z.int().nonnegative(),
    command: z.string().max(64),
    params: z.unknown(),
  }),
  z.strictObject({ type: z.literal('subscribe') }),
  z.strictObject({ type: z.literal('visibility'), visible: z.boolean() }),
]);

export function createHouse(parts: HouseParts): House {
  const { handlers, coordinator, updates, links, log, clock, telemetry, stop } = parts;
  const outcomeListeners = new Set<(event: OutcomeEvent) => void>();
  coordinator.onCommitted(({ outcomes }) => {
    for (const event of outcomes) for (const listener of outcomeListeners) listener(event);
  });

  async function run<Name extends CommandName>(
    name: Name,
    params: unknown,
    context: CallContext,
  ): Promise<Result<Name>> {
    const startedMs = clock.monotonicMs();
    const tell = (failureCode: FailureCode | null): void =>
      telemetry({ kind: 'command', name, tookMs: clock.monotonicMs() - startedMs, failureCode });
    try {
      const parsed = commands[name].params.safeParse(params);
      if (!parsed.success) throw new FailureError(inputFailure(parsed.error));
      // The schema of `name` made these parameters; TypeScript cannot follow that through the map.
      const handler = handlers[name] as (params: unknown, context: CallContext) => Result<Name> | Promise<Result<Name>>;
      const result = await handler(parsed.data, context);
      tell(null);
      return result;
    } catch (error) {
      const reason = toFailure(error);
      tell(reason.code);
      if (reason.code === 'unexpected') log.error('A command failed unexpectedly.', { command: name, failure: reason });
      throw error instanceof FailureError ? error : new FailureError(reason, { cause: error });
    }
  }

  function openSession(send: (message: ServerMessage) => void): Session {
    const feed = updates.open(send);

    async function answer(id: number, command: string, params: unknown): Promise<void> {
      try {
        if (!isCommandName(command))
          throw new FailureError(failure('unsupported', `There is no command "${command}".`));
        send({ type: 'reply', id, result: await run(command, params, { feed }) });
      } catch (error) {
        send({ type: 'refusal', id, failure: toFailure(error) });
      }
    }

    return {
      receive(message) {
        const parsed = clientMessage.safeParse(message);
        if (!parsed.success) {
          const id = z.object({ id: z.int().nonnegative() }).safeParse(message);
          if (id.success) send({ type: 'refusal', id: id.data.id, failure: inputFailure(parsed.error) });
          return;
        }
        const { data } = parsed;
        if (data.type === 'subscribe') feed.subscribe();
        else if (data.type === 'visibility') feed.setVisible(data.visible);
        else void answer(data.id, data.command, data.params);
      },
      close: () => feed.close(),
    };
  }

  return {
    call: <Name extends CommandName>(name: Name, params: Params<Name>) => run(name, params, { feed: null }),
    openSession,
    takeEvidence: links.take,
    onOutcome(listener) {
      outcomeListeners.add(listener);
      return () => outcomeListeners.delete(listener);
    },
    stop,
  };
}

/** The first thing that is wrong, at the place where it is. */
function inputFailure(error: z.ZodError): Failure {
  const issue = error.issues[0];
  const path = issue?.path.map(String) ?? [];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const field = [...path, ...(unknown === undefined ? [] : [unknown])].join('.');
  const message =
    unknown === undefined ? (issue?.message ?? 'The input is not valid.') : `There is no field "${unknown}" here.`;
  return failure('invalid-input', field === '' ? message : `${field}: ${message}`, {
    hint: 'Correct it and send it again; nothing was done.',
    ...(field === '' ? {} : { field }),
  });
}
