/**
 * Owns the proof that naming a service fills in the rest, and that accounts from before there were names stay as they were.
 */
import { describe, expect, test } from 'vitest';
import { codeOf } from '../conformance/fixture.ts';
import { bucketAddress, s3Settings } from './s3-settings.ts';

const settings = (options: Record<string, string>) =>
  s3Settings({ options: { accessKeyId: 'id', ...options }, secrets: { secretAccessKey: 'secret' } });
const seen = (options: Record<string, string>) => {
  const { endpoint, region, preset, ...rest } = settings(options);
  const { origin, path } = bucketAddress({ endpoint, region, preset, ...rest }, 'media');
  return [preset.value, `${origin}${path}`, region, preset.conditions];
};
const ACCOUNT = '0123456789abcdef0123456789abcdef';

describe('a named service', () => {
  test.each([
    [{ service: 'amazon' }, ['amazon', 'https://media.s3.us-east-1.amazonaws.com', 'us-east-1', 'honoured']],
    [
      { service: 'r2', endpoint: ACCOUNT },
      ['r2', `https://${ACCOUNT}.r2.cloudflarestorage.com/media`, 'auto', 'honoured'],
    ],
    [
      { service: 'r2', endpoint: `${ACCOUNT}.eu` },
      ['r2', `https://${ACCOUNT}.eu.r2.cloudflarestorage.com/media`, 'auto', 'honoured'],
    ],
    [
      { service: 'b2', region: 'us-west-004' },
      ['b2', 'https://s3.us-west-004.backblazeb2.com/media', 'us-west-004', 'unsure'],
    ],
    [{ service: 'wasabi' }, ['wasabi', 'https://s3.us-east-1.wasabisys.com/media', 'us-east-1', 'unsure']],
    [{ service: 'spaces', region: 'fra1' }, ['spaces', 'https://fra1.digitaloceanspaces.com/media', 'fra1', 'unsure']],
    [{ service: 'gcs' }, ['gcs', 'https://storage.googleapis.com/media', 'auto', 'none']],
    [{ service: 'swift', endpoint: 'http://h:8080' }, ['swift', 'http://h:8080/media', 'us-east-1', 'none']],
    // The form names Amazon before anybody chose: an endpoint that shows whose it is counts for more.
    [
      { service: 'amazon', endpoint: 'https://s3.eu-central-2.wasabisys.com' },
      ['wasabi', 'https://s3.eu-central-2.wasabisys.com/media', 'eu-central-2', 'unsure'],
    ],
  ])('%j', (options, expected) => {
    expect(seen(options)).toEqual(expected);
  });

  test.each([
    [{ service: 'b2' }, 'options.region'],
    [{ service: 'spaces' }, 'options.region'],
    [{ service: 'r2' }, 'options.endpoint'],
    [{ service: 'ceph' }, 'options.endpoint'],
    [{ service: 'other' }, 'options.endpoint'],
    [{ service: 'wasabi', endpoint: ACCOUNT }, 'options.endpoint'],
  ])('%j misses something', async (options, field) => {
    await expect(async () => settings(options)).rejects.toMatchObject({ failure: { code: 'invalid-input', field } });
  });
});

test.each([
  [{}, ['amazon', 'https://media.s3.us-east-1.amazonaws.com', 'us-east-1', 'honoured']],
  [{ region: 'eu-west-1' }, ['amazon', 'https://media.s3.eu-west-1.amazonaws.com', 'eu-west-1', 'honoured']],
  [{ endpoint: 'http://127.0.0.1:9000' }, ['other', 'http://127.0.0.1:9000/media', 'us-east-1', 'unsure']],
  [
    { endpoint: 'https://storage.googleapis.com', region: 'us-east-1' },
    ['gcs', 'https://storage.googleapis.com/media', 'us-east-1', 'none'],
  ],
  [
    { endpoint: 'https://storage.googleapis.com.evil.example' },
    ['other', 'https://storage.googleapis.com.evil.example/media', 'us-east-1', 'unsure'],
  ],
])('an account without a name: %j', (options, expected) => {
  expect(seen(options)).toEqual(expected);
});

test('compressed objects of Google Cloud Storage are asked for as they are stored', () => {
  expect(settings({ service: 'gcs' }).preset.readHeaders).toEqual({ 'accept-encoding': 'gzip' });
});

test("keys are missing only where they are the account's own", async () => {
  const bare = (credentials: string) => async () => s3Settings({ options: { credentials }, secrets: {} });
  expect(await codeOf(bare('keys')())).toBe('invalid-input');
  expect((await bare('environment')()).credentials).toEqual({ from: 'environment' });
  expect((await bare('profile')()).credentials).toEqual({ from: 'profile', profile: '' });
});
