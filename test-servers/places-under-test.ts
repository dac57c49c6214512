/**
 * Owns the six kinds of places between which every pair is migrated: how the product reaches each, and how another tool
 * fills it and reads it back. Must not use the product to look at what the product did. Used by pairs.servers.test.ts.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AccountSASPermissions, BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import type { Holding } from './compare-holdings.ts';
import type { HouseUnderTest } from './house-under-test.ts';
import { makeBucket, putObjects, readBucket } from './peer/bucket-tool.ts';
import type { RunningServers } from './servers/running-servers.ts';

export interface Place {
  readonly name: string;
  /** The id of an account of the house. */
  account(house: HouseUnderTest): Promise<string>;
  /** Makes an empty container; as the product names it. */
  make(name: string): Promise<string>;
  /** Puts the files below `tree` into a container that `make` made, under their keys. */
  fill(container: string, tree: string, keys: readonly string[]): Promise<void>;
  /** What is there, every byte read. */
  read(container: string): Promise<Map<string, Holding>>;
}

/** Those whose server runs. `scratch` is a folder for those that are on this disk. */
export function placesOf(servers: RunningServers, scratch: string): readonly Place[] {
  const { rgw, azure, sftp, webdav, ftp } = servers;
  return [
    onDisk('local', join(scratch, 'local'), null, (folder) => folder, ['local', {}, {}]),
    ...(rgw === null ? [] : [s3Place(rgw)]),
    ...(azure === null ? [] : [azurePlace(azure, scratch)]),
    ...(sftp === null
      ? []
      : [
          onDisk('SFTP', sftp.folder, sftp.user, (_, name) => name, [
            'sftp',
            { host: '127.0.0.1', port: String(sftp.port), user: sftp.user, hostKey: sftp.hostKey },
            { password: sftp.password },
          ]),
        ]),
    ...(webdav === null
      ? []
      : [
          onDisk('WebDAV', webdav.folder, 'www-data', (_, name) => name, [
            'webdav',
            { address: webdav.address, login: webdav.login, user: webdav.user },
            { password: webdav.password },
          ]),
        ]),
    ...(ftp === null
      ? []
      : [
          onDisk('FTP', ftp.home, ftp.user, (_, name) => `/${name}`, [
            'ftp',
            { host: '127.0.0.1', port: String(ftp.port), user: ftp.user, security: 'explicit', authority: ftp.ca },
            { password: ftp.password },
          ]),
        ]),
  ];
}

/** Longer than any run. */
const SAS_LIFETIME_MS = 4 * 60 * 60_000;

type Account = readonly [provider: string, options: Record<string, string>, secrets: Record<string, string>];

/** A folder of this computer that a server shows, or none does: filled and read by cp and sha256sum. */
function onDisk(
  name: string,
  root: string,
  owner: string | null,
  containerOf: (folder: string, name: string) => string,
  [provider, options, secrets]: Account,
): Place {
  const folders = new Map<string, string>();
  const folderOf = (container: string): string => folders.get(container) ?? '';
  const own = (folder: string): void => {
    if (owner !== null) run('chown', ['-R', owner, folder]);
  };
  return {
    name,
    account: (house) => house.saveAccount(provider, options, secrets),
    async make(container) {
      const folder = join(root, container);
      mkdirSync(folder, { recursive: true });
      own(folder);
      const asNamed = containerOf(folder, container);
      folders.set(asNamed, folder);
      return asNamed;
    },
    async fill(container, tree) {
      cpSync(tree, folderOf(container), { recursive: true });
      own(folderOf(container));
    },
    read: async (container) => hashFolder(folderOf(container)),
  };
}

function s3Place(server: NonNullable<RunningServers['rgw']>): Place {
  return {
    name: 'S3',
    account: (house) =>
      house.saveAccount(
        's3',
        { endpoint: server.endpoint, region: server.region, accessKeyId: server.accessKey },
        { secretAccessKey: server.secretKey },
      ),
    async make(container) {
      await makeBucket(server, container);
      return container;
    },
    async fill(container, tree, keys) {
      const objects = keys.map((key) => ({ key, file: join(tree, key) }));
      await putObjects(server, container, objects);
    },
    async read(container) {
      const found = await readBucket(server, container);
      return new Map([...found].map(([key, { sizeBytes, sha256 }]) => [key, { sizeBytes, sha256 }]));
    },
  };
}

/** By rclone, which speaks Azure's protocol with a library of its own; only the address that lets it in is signed by ours. */
function azurePlace(server: NonNullable<RunningServers['azure']>, scratch: string): Place {
  const env = {
    PATH: '/usr/bin:/bin',
    HOME: scratch,
    RCLONE_CONFIG_AZ_TYPE: 'azureblob',
    RCLONE_CONFIG_AZ_SAS_URL: sasUrl(server),
  };
  return {
    name: 'Azure',
    account: (house) =>
      house.saveAccount(
        'azure',
        { accountName: server.accountName, endpoint: server.endpoint },
        { accountKey: server.accountKey },
      ),
    async make(container) {
      run('rclone', ['mkdir', `az:${container}`], env);
      return container;
    },
    async fill(container, tree) {
      run('rclone', ['copy', tree, `az:${container}`], env);
    },
    async read(container) {
      const folder = join(scratch, `azure-${container}`);
      mkdirSync(folder);
      run('rclone', ['copy', `az:${container}`, folder], env);
      return hashFolder(folder);
    },
  };
}

function sasUrl({ endpoint, accountName, accountKey }: NonNullable<RunningServers['azure']>): string {
  const service = new BlobServiceClient(endpoint, new StorageSharedKeyCredential(accountName, accountKey));
  const rights = AccountSASPermissions.parse('rwdlacup');
  return service.generateAccountSasUrl(new Date(Date.now() + SAS_LIFETIME_MS), rights, 'sco');
}

function hashFolder(folder: string): Map<string, Holding> {
  const script =
    'find . -type f -printf "%s\\0%P\\0" | while IFS= read -r -d "" size && IFS= read -r -d "" name; do ' +
    'printf "%s %s " "$size" "$(sha256sum < "./$name" | cut -c1-64)"; printf "%s\\0" "$name"; done';
  const output = run('bash', ['-c', script], process.env, folder);
  const rows = output.split('\0').filter((row) => row !== '');
  return new Map(
    rows.map((row) => {
      const [, size = '', sha256 = '', key = ''] = /^(\d+) ([0-9a-f]{64}) ([\s\S]*)$/.exec(row) ?? [];
      return [key, { sizeBytes: Number(size), sha256 }];
    }),
  );
}

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env, cwd?: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    env,
    maxBuffer: 64 * 1024 * 1024,
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (status !== 0) throw new Error(`${program} ${args[0]} failed: ${error?.message ?? stderr.trim()}`);
  return stdout;
}
