/**
 * Owns which environment variables a worker process sees: what the network and temporary files need, and where an S3
 * account may find its keys. Nothing that could hold a secret of the user, unless whoever starts the app says that it
 * may. Called by fork-worker.ts and electron/utility-worker.ts.
 */

const PASSED_ON = [
  'TZ',
  'LANG',
  'LC_ALL',
  'TMPDIR',
  'TMP',
  'TEMP',
  // Windows opens no socket without it.
  'SystemRoot',
  // Company networks: their certificates and their proxy.
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  // The agent that holds SSH keys: the path of its socket.
  'SSH_AUTH_SOCK',
  // S3 accounts whose keys come from the AWS tools of this computer (providers/s3/credentials.ts): the home folder with
  // their files, where else those are, who says which role this is. Places and names, no secrets.
  'HOME',
  'USERPROFILE',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_EC2_METADATA_SERVICE_ENDPOINT',
] as const;

/** Keys that stand in the environment itself, for accounts that take them from there. */
const AWS_KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] as const;
/** Workers cannot tell beforehand whether any account wants them, so a person says so by this variable. */
const PASS_AWS_KEYS = 'TRANSSHIP_PASS_AWS_KEYS';

/** The least environment a worker can live with. Pure. */
export function workerEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const name of [...PASSED_ON, ...(env[PASS_AWS_KEYS] === 'true' ? AWS_KEYS : [])]) {
    const value = env[name];
    if (value !== undefined) passed[name] = value;
  }
  return passed;
}
