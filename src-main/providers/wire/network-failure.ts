/**
 * Owns the meaning of what goes wrong below HTTP: names, connections, TLS, silence. Must not know what was asked.
 * Called by http and s3.
 */
import { errors } from 'undici';
import { type FailureCode, FailureError, type FailureExtras, failure } from '../../../src-shared/model/failure.ts';

type Meaning = readonly [code: FailureCode, reason: string, extras: FailureExtras];

const CHECK_ADDRESS = { hint: 'Check the address and its port, and that the server runs.' };
const CHECK_NAME = { hint: 'Check the spelling of the address and the network connection.' };
/** Another attempt meets the same certificate. */
const CHECK_CERTIFICATE = { hint: 'Have the certificate of the server put right.', retryable: false };

/** undici's parser errors carry changing codes or none. */
const NOT_HTTP = 'not HTTP';

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOTFOUND: ['network', 'its name cannot be found', CHECK_NAME],
  EAI_AGAIN: ['network', 'its name cannot be looked up now', CHECK_NAME],
  ECONNREFUSED: ['network', 'it refuses the connection', CHECK_ADDRESS],
  EHOSTUNREACH: ['network', 'there is no way to it', CHECK_ADDRESS],
  ENETUNREACH: ['network', 'there is no way to its network', CHECK_ADDRESS],
  ETIMEDOUT: ['timeout', 'it did not answer in time', CHECK_ADDRESS],
  UND_ERR_CONNECT_TIMEOUT: ['timeout', 'it did not accept the connection in time', CHECK_ADDRESS],
  UND_ERR_HEADERS_TIMEOUT: ['timeout', 'it did not answer in time', {}],
  UND_ERR_BODY_TIMEOUT: ['timeout', 'it fell silent in the middle of an answer', {}],
  ECONNRESET: ['network', 'it broke the connection', {}],
  EPIPE: ['network', 'it broke the connection', {}],
  UND_ERR_SOCKET: ['network', 'it broke the connection', {}],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['network', 'it sent another number of bytes than it promised', {}],
  UND_ERR_HEADERS_OVERFLOW: ['unsupported', 'its answer has too many headers', {}],
  [NOT_HTTP]: ['network', 'what it sends is not HTTP', CHECK_ADDRESS],
  EPROTO: ['network', 'it does not speak TLS on this port', { hint: 'Try http:// or another port.', retryable: false }],
  ERR_SSL_WRONG_VERSION_NUMBER: [
    'network',
    'it does not speak TLS on this port',
    { hint: 'Try http:// or another port.', retryable: false },
  ],
  CERT_HAS_EXPIRED: ['network', 'its certificate has expired', CHECK_CERTIFICATE],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['network', 'its certificate is signed by itself', CHECK_CERTIFICATE],
  SELF_SIGNED_CERT_IN_CHAIN: ['network', 'its certificate is signed by itself', CHECK_CERTIFICATE],
  ERR_TLS_CERT_ALTNAME_INVALID: ['network', 'its certificate is for another name', CHECK_CERTIFICATE],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['network', 'its certificate comes from an unknown authority', CHECK_CERTIFICATE],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['network', 'its certificate comes from an unknown authority', CHECK_CERTIFICATE],
};

/**
 * `host` names the other side in the message. Failures pass unchanged; so does everything once the signal is aborted,
 * because then the abort is the reason.
 */
export function networkFailure(
  thrown: unknown,
  host: string,
  signal: AbortSignal,
  extras: FailureExtras = {},
): unknown {
  if (signal.aborted) return signal.reason;
  if (thrown instanceof FailureError) return thrown;
  const code = thrown instanceof errors.HTTPParserError ? NOT_HTTP : codeOf(thrown);
  if (code === undefined) return thrown;
  const [meaning, reason, hints] = MEANINGS[code] ?? ['network', `the connection failed (${code})`, {}];
  return new FailureError(failure(meaning, `No answer from ${host}: ${reason}.`, { ...hints, ...extras }), {
    cause: thrown,
  });
}

function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code;
  return codeOf(thrown.cause);
}
