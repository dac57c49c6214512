/**
 * Owns the meaning of what goes wrong below HTTP: names, connections, TLS, silence. Must not know what was asked.
 * Called by all that speak to servers.
 */
import { errors } from 'undici';
import { type FailureCode, FailureError, type FailureExtras, failure } from '../../../src-shared/model/failure.ts';
import { AUTHORITY_FIELD, AUTHORITY_OPTION } from '../certificate-authority.ts';

type Meaning = readonly [code: FailureCode, reason: string, extras: FailureExtras];

const CHECK_ADDRESS = { hint: 'Check the address and its port, and that the server runs.' };
const CHECK_NAME = { hint: 'Check the spelling of the address and the network connection.' };
/** Another attempt meets the same certificate. */
const CHECK_DATES = { hint: 'Have it renewed, and check the clock of this computer.', retryable: false };
const CHECK_NAMES = {
  hint: 'Enter the address under a name that the certificate is for, or have the certificate put right.',
  retryable: false,
};
const UNTRUSTED: Meaning = [
  'network',
  'its certificate comes from an authority that is not trusted here',
  {
    hint: `If the server has an authority of its own, enter that under "${AUTHORITY_OPTION.label}" in the account. If not, somebody may be in between.`,
    field: AUTHORITY_FIELD,
    retryable: false,
  },
];

/** Of the names that a certificate is for, so many characters are told. */
const MAX_NAMES = 200;

/** undici's parser errors carry changing codes or none. */
const NOT_HTTP = 'not HTTP';
const OTHER_NAME = 'ERR_TLS_CERT_ALTNAME_INVALID';

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
  CERT_HAS_EXPIRED: ['network', 'its certificate, or that of its authority, has expired', CHECK_DATES],
  CERT_NOT_YET_VALID: ['network', 'its certificate, or that of its authority, is not valid yet', CHECK_DATES],
  [OTHER_NAME]: ['network', 'its certificate is for another name', CHECK_NAMES],
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  CERT_SIGNATURE_FAILURE: UNTRUSTED,
  INVALID_CA: UNTRUSTED,
};

/**
 * `host` names the other side in the message. Failures pass unchanged; so does everything once the signal is aborted,
 * because then the abort is the reason. `extras` count where the meaning says nothing itself.
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
  const names = code === OTHER_NAME ? namesIn(thrown) : '';
  return new FailureError(failure(meaning, `No answer from ${host}: ${reason}${names}.`, { ...extras, ...hints }), {
    cause: thrown,
  });
}

function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code;
  return codeOf(thrown.cause);
}

/** " (DNS:files.example.com)": what the certificate itself says, which a stranger wrote. */
function namesIn(thrown: unknown): string {
  if (!(thrown instanceof Error)) return '';
  const { cert } = thrown as Error & { readonly cert?: { readonly subjectaltname?: string } };
  const names = (cert?.subjectaltname ?? '').replaceAll(/[^\x21-\x7e]+/g, ' ').slice(0, MAX_NAMES);
  return names === '' ? '' : ` (${names})`;
}
