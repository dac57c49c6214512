/**
 * Owns where the keys of an account come from: its own form, or what the AWS tools of this computer know (environment,
 * profile, role), fetched through Amazon's library, which is loaded only then. Temporary keys are fetched anew before
 * they expire. Must not put a key into a message. Called by s3-client.ts and s3-settings.ts.
 */
import { FailureError, failure } from '../../../src-shared/model/failure.ts';
import { untilAborted } from '../wire/until-aborted.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
}

/** What an account chose. */
export type CredentialChoice =
  | { readonly from: 'keys'; readonly keys: Credentials }
  | { readonly from: 'environment' | 'role' }
  | { readonly from: 'profile'; readonly profile: string };

export interface CredentialSource {
  /** Those that are at hand and last for a while; null: they must be fetched. Costs next to nothing. */
  held(): Credentials | null;
  /** Throws `auth-expired` when there are none, `network` when they could not be asked for. */
  fetch(signal: AbortSignal): Promise<Credentials>;
  /** The service does not take these any more. False: no others can be had. */
  drop(expired: Credentials): boolean;
}

/** What Amazon's library answers. */
export interface FetchedCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly expiration?: Date | undefined;
}

/** As Amazon's own tools: a request that begins now has five minutes to arrive. */
const RENEWED_BEFORE_MS = 5 * 60_000;
/** The library itself waits for ever for a sign-in service that does not answer. */
const FETCH_TIMEOUT_MS = 30_000;

export function credentialSource(choice: CredentialChoice): CredentialSource {
  if (choice.from === 'keys') {
    const { keys } = choice;
    return { held: () => keys, fetch: async () => keys, drop: () => false };
  }
  const name = choice.from === 'profile' ? `profile "${choice.profile || 'default'}"` : choice.from;
  return new FetchedSource(name, () => askLibrary(choice));
}

/** Two accounts with the same one may do the same things. Holds no secret. */
export function identityOf(choice: CredentialChoice): string {
  if (choice.from === 'keys') return `keys ${choice.keys.accessKeyId}`;
  return choice.from === 'profile' ? `profile ${choice.profile}` : choice.from;
}

export class FetchedSource implements CredentialSource {
  readonly #name: string;
  readonly #ask: () => Promise<FetchedCredentials>;
  #held: Credentials | null = null;
  #expiresAtMs = Number.POSITIVE_INFINITY;
  /** All requests wait for the same answer. */
  #asking: Promise<Credentials> | null = null;

  /** `name` is for messages: `profile "media"`. */
  constructor(name: string, ask: () => Promise<FetchedCredentials>) {
    this.#name = name;
    this.#ask = ask;
  }

  held(): Credentials | null {
    return Date.now() < this.#expiresAtMs - RENEWED_BEFORE_MS ? this.#held : null;
  }

  async fetch(signal: AbortSignal): Promise<Credentials> {
    this.#asking ??= this.#renew().finally(() => {
      this.#asking = null;
    });
    return untilAborted(this.#asking, signal);
  }

  drop(expired: Credentials): boolean {
    if (this.#held === expired) this.#held = null;
    return true;
  }

  async #renew(): Promise<Credentials> {
    try {
      const { accessKeyId, secretAccessKey, sessionToken, expiration } = await untilAborted(
        this.#ask(),
        AbortSignal.timeout(FETCH_TIMEOUT_MS),
      );
      this.#held = { accessKeyId, secretAccessKey, sessionToken: sessionToken ?? null };
      this.#expiresAtMs = expiration?.getTime() ?? Number.POSITIVE_INFINITY;
      return this.#held;
    } catch (thrown) {
      // A sign-in service that is away for a moment does not end what still works.
      if (this.#held !== null && Date.now() < this.#expiresAtMs) return this.#held;
      throw missing(thrown, this.#name);
    }
  }
}

/** The profile's files are read anew each time: signing in again writes to them. */
async function askLibrary(choice: Exclude<CredentialChoice, { from: 'keys' }>): Promise<FetchedCredentials> {
  const library = await import('@aws-sdk/credential-providers');
  if (choice.from === 'environment') return library.fromEnv()();
  if (choice.from === 'profile') {
    return library.fromIni({ ignoreCache: true, ...(choice.profile === '' ? {} : { profile: choice.profile }) })();
  }
  const { createCredentialChain, fromTokenFile, fromHttp, fromInstanceMetadata } = library;
  return createCredentialChain(fromTokenFile(), fromHttp({}), fromInstanceMetadata())();
}

/** The library names its own refusals "…ProviderError" and those of the services a fault of the client. */
function missing(thrown: unknown, name: string): FailureError {
  const { name: kind, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
  const isRefusal = kind.endsWith('ProviderError') || isClientFault(thrown);
  return new FailureError(
    failure(isRefusal ? 'auth-expired' : 'network', `No keys came from the ${name}: ${message.slice(0, 300)}`, {
      field: 'options.credentials',
      hint:
        name === 'environment'
          ? 'Start Transship with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and TRANSSHIP_PASS_AWS_KEYS=true.'
          : 'Sign in again with the tool that made them, or choose another source of keys.',
    }),
    { cause: thrown },
  );
}

function isClientFault(thrown: unknown): boolean {
  return typeof thrown === 'object' && thrown !== null && '$fault' in thrown && thrown.$fault === 'client';
}
