/**
 * Owns the face that the house shows to its doors: commands, live sessions, outcomes. Must not know any transport.
 * Made by compose.ts; called by electron/, headless/ and the GraphQL door.
 */
import type { ServerMessage } from '../../src-shared/contract/channel.ts';
import type { CommandName, Params, Result } from '../../src-shared/contract/commands.ts';
import type { Failure } from '../../src-shared/model/failure.ts';
import type { JobState } from '../../src-shared/model/job-state.ts';
import type { ProofRung } from '../../src-shared/model/proof.ts';

/** A job came to rest. Announced after commit, in commit order, exactly once in a run of the app. */
export interface OutcomeEvent {
  readonly jobId: number;
  readonly migrationId: number;
  readonly state: Extract<JobState, 'completed' | 'skipped' | 'failed' | 'cancelled'>;
  readonly sourceKey: string;
  readonly destinationKey: string;
  readonly sizeBytes: number | null;
  readonly attempts: number;
  readonly proof: ProofRung | null;
  readonly failure: Failure | null;
  readonly atMs: number;
}

/** One connected window. */
export interface Session {
  /** Anything a client sent, unchecked. Answers through `send`; a message that is no message closes nothing and is answered with a refusal where it has an id. */
  receive(message: unknown): void;
  close(): void;
}

export interface House {
  /** Checks `params` and runs the command. Rejects with FailureError. Resolves only after what it acknowledges is durable. */
  call<Name extends CommandName>(name: Name, params: Params<Name>): Promise<Result<Name>>;
  openSession(send: (message: ServerMessage) => void): Session;
  onOutcome(listener: (event: OutcomeEvent) => void): () => void;
  /** Stops in the reverse order of the start; at most 5 s, 10 s when workers must be killed. Never rejects. */
  stop(): Promise<void>;
}
