/**
 * Owns the face that the house shows to its doors: commands, live sessions, outcomes. Must not know any transport.
 * Made by compose.ts; called by electron/, headless/ and the GraphQL door.
 */
import type { ServerMessage } from '../../src-shared/contract/channel.ts';
import type { CommandName, Params, Result } from '../../src-shared/contract/commands.ts';
import type { OutcomeEvent } from '../../src-shared/model/outcome.ts';
import type { EvidenceFile } from '../evidence/open-evidence.ts';

export type { EvidenceFile, OutcomeEvent };

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
  /** The file behind a link that `evidence.save` gave, once; null when it is used, too old, or none of ours. */
  takeEvidence(link: string): EvidenceFile | null;
  onOutcome(listener: (event: OutcomeEvent) => void): () => void;
  /** Stops in the reverse order of the start; at most 5 s, 10 s when workers must be killed. Never rejects. */
  stop(): Promise<void>;
}
