/**
 * Owns how the options of a migration read in a line: only those that are other than usual. Pure. Used by the head of a
 * migration's page.
 */
import type { MigrationView } from '../../../src-shared/model/migration.ts';
import { formatBytes } from '../../format/bytes.ts';

/** Empty: everything is moved as it is. */
export function optionWords({ filter, policies }: Pick<MigrationView, 'filter' | 'policies'>): string {
  const { naming, content } = policies;
  const day = (atMs: number): string => new Date(atMs).toISOString().replace(/T00:00:00\.000Z$/, '');
  const words = [
    ...(filter === null
      ? []
      : [
          filter.include.length > 0 && `only ${filter.include.join(', ')}`,
          filter.exclude.length > 0 && `without ${filter.exclude.join(', ')}`,
          filter.leastBytes !== null && `at least ${formatBytes(filter.leastBytes)}`,
          filter.mostBytes !== null && `at most ${formatBytes(filter.mostBytes)}`,
          filter.changedAfterMs !== null && `changed since ${day(filter.changedAfterMs)}`,
          filter.changedBeforeMs !== null && `changed until ${day(filter.changedBeforeMs)}`,
          filter.directoryMarkers === 'leave-out' && 'without folder markers',
        ]),
    naming.stripPrefix !== '' && `keys without ${naming.stripPrefix}`,
    naming.letters !== 'keep' && `keys in ${naming.letters === 'slug' ? 'slugs' : 'lower case'}`,
    naming.template !== '' && `keys as ${naming.template}`,
    ...content.cacheControl.map(({ glob, value }) => `Cache-Control of ${glob}: ${value}`),
    ...content.contentType.map(({ glob, value }) => `Content-Type of ${glob}: ${value}`),
    content.metadata === 'drop' && 'without metadata',
    content.tags === 'keep' && 'with tags',
    content.setTags.length > 0 && `tagged ${content.setTags.map(({ name, value }) => `${name}=${value}`).join(', ')}`,
    content.storageClass !== null && `storage class ${content.storageClass}`,
    content.acl !== null && `ACL ${content.acl}`,
  ];
  return words.filter((word) => word !== false).join('; ');
}
