/**
 * Owns refusing what a migration would change about assets and the destination cannot hold: headers, tags, storage class,
 * ACL. Must not do I/O and must not write. Called by accept-request.ts.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import type { MigrationPolicies } from '../../../src-shared/model/migration.ts';
import type { ProviderDescriptor } from '../../../src-shared/model/provider.ts';
import { tagProblem } from '../../../src-shared/model/tags.ts';

type Content = MigrationPolicies['content'];

/** What the destination would not keep is not promised. Throws FailureError with the `field` that is wrong. */
export function acceptContent({ label, capabilities }: ProviderDescriptor, content: Content): void {
  for (const rules of ['cacheControl', 'contentType'] as const) {
    if (content[rules].length === 0 || capabilities.keepsContentHeaders) continue;
    fail('unsupported', `${label} keeps no headers.`, {
      field: `policies.content.${rules}`,
      hint: 'Leave them to the web server that serves it, or choose another destination.',
    });
  }
  acceptTags(label, capabilities.tagCharacters, content);
  if (content.storageClass !== null && capabilities.storageClasses === undefined) {
    fail('unsupported', `${label} has no storage classes.`, {
      field: 'policies.content.storageClass',
      hint: 'Leave it empty, or choose another destination.',
    });
  }
  acceptAcl(label, capabilities.acls, content.acl);
}

function acceptTags(label: string, characters: string | undefined, { tags, setTags }: Content): void {
  if (characters === undefined) {
    const field = tags === 'keep' ? 'tags' : setTags.length > 0 ? 'setTags' : null;
    if (field === null) return;
    fail('unsupported', `${label} keeps no tags.`, {
      field: `policies.content.${field}`,
      hint: 'Leave them out, or choose another destination.',
    });
  }
  for (const [index, tag] of setTags.entries()) {
    const problem = tagProblem(tag, characters);
    if (problem !== null) fail('invalid-input', problem, { field: `policies.content.setTags.${index}` });
  }
}

/** Who may read is no matter for a guess: only words that are known are passed on. */
function acceptAcl(label: string, known: readonly string[] | undefined, acl: string | null): void {
  if (acl === null || known?.includes(acl) === true) return;
  const field = 'policies.content.acl';
  if (known === undefined) {
    fail('unsupported', `${label} has no ACLs that a write could name.`, {
      field,
      hint: 'Leave it empty, or choose another destination.',
    });
  }
  fail('invalid-input', `${label} has no ACL "${acl}".`, { field, hint: `It has ${known.join(', ')}.` });
}
