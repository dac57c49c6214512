/**
 * Owns the token endpoint of the service inside the test: a service account with a key of its own, statements whose
 * signature and claims are verified, tokens that end. Written apart from access-token.ts, so that a mistake there does
 * not prove itself right. Must not be used by the product. Called by gcs-test-server.ts.
 */
import { createPublicKey, generateKeyPairSync, randomBytes, verify } from 'node:crypto';
import type { ServerResponse } from 'node:http';

const EMAIL = 'mover@test-project.iam.gserviceaccount.com';
const KEY_ID = '0123456789abcdef0123456789abcdef01234567';
const SCOPE = 'https://www.googleapis.com/auth/devstorage.read_write';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const TOKEN_SECONDS = 3_599;

/** One pair for all tests of a process: making one takes a tenth of a second. */
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const PRIVATE_PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const PUBLIC_KEY = createPublicKey(privateKey);

/** A key's JSON as the service gives it out, for an endpoint of tokens; what is given replaces what it holds. */
export function keyJson(tokenUri: string, given: Readonly<Record<string, unknown>> = {}): string {
  const key = {
    type: 'service_account',
    project_id: 'test-project',
    private_key_id: KEY_ID,
    private_key: PRIVATE_PEM,
    client_email: EMAIL,
    client_id: '100000000000000000001',
    auth_uri: 'https://accounts.google.com/o/oauth2/auth',
    token_uri: tokenUri,
    universe_domain: 'googleapis.com',
    ...given,
  };
  return JSON.stringify(key, null, 2);
}

export class TestTokens {
  /** How many were given out. */
  count = 0;
  /** Those that are good. */
  readonly valid = new Set<string>();

  /** `body` is the form that came; `audience` the address under which it came. */
  answer(body: string, contentType: string | undefined, audience: string, response: ServerResponse): void {
    const form = new URLSearchParams(body);
    const problem =
      contentType !== 'application/x-www-form-urlencoded'
        ? 'not a form'
        : form.get('grant_type') !== GRANT
          ? 'unsupported_grant_type'
          : statementProblem(form.get('assertion') ?? '', audience);
    if (problem !== null) {
      send(response, 400, { error: 'invalid_grant', error_description: problem });
      return;
    }
    this.count += 1;
    const token = `ya29.${randomBytes(24).toString('base64url')}`;
    this.valid.add(token);
    send(response, 200, { access_token: token, expires_in: TOKEN_SECONDS, token_type: 'Bearer' });
  }

  takes(authorization: string | undefined): boolean {
    return this.valid.has(/^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '');
  }
}

function statementProblem(statement: string, audience: string): string | null {
  const [head = '', claims = '', signature = '', ...more] = statement.split('.');
  if (more.length > 0 || /[+/=]/.test(statement)) return 'Invalid JWT.';
  const { alg, typ, kid } = decoded(head);
  if (alg !== 'RS256' || typ !== 'JWT' || kid !== KEY_ID) return 'Invalid JWT header.';
  const isSigned = verify('sha256', Buffer.from(`${head}.${claims}`), PUBLIC_KEY, Buffer.from(signature, 'base64url'));
  if (!isSigned) return 'Invalid JWT Signature.';
  const { iss, aud, scope, iat, exp } = decoded(claims);
  if (iss !== EMAIL) return 'Invalid grant: account not found';
  if (aud !== audience) return 'Invalid JWT: wrong audience.';
  if (scope !== SCOPE) return 'Invalid scope.';
  const now = Date.now() / 1_000;
  const isTimely = Math.abs(Number(iat) - now) < 60 && Number(exp) > now && Number(exp) - Number(iat) <= 3_600;
  return isTimely ? null : 'Invalid JWT: Token must be a short-lived token and in a reasonable timeframe.';
}

function decoded(part: string): Record<string, unknown> {
  const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function send(response: ServerResponse, status: number, json: unknown): void {
  const text = JSON.stringify(json);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
