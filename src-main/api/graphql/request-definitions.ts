/**
 * Owns the part of the GraphQL schema in which a migration is asked for, and in which what was asked is told. Must not
 * resolve anything. Part of type-definitions.ts.
 */
export const REQUEST_DEFINITIONS = /* GraphQL */ `
"Which assets of a listing are moved. Patterns are matched against the key below the source's prefix."
type SelectionFilter {
  include: [String!]!
  exclude: [String!]!
  leastBytes: Float
  mostBytes: Float
  changedAfterMs: Float
  changedBeforeMs: Float
  directoryMarkers: DirectoryMarkerRule!
}

"How keys are made at the destination, in this order."
type Naming {
  stripPrefix: String!
  letters: LetterRule!
  template: String!
}

type HeaderRule {
  glob: String!
  value: String!
}

"A name with a value that a service keeps beside an asset."
type Tag {
  name: String!
  value: String!
}

"What is changed about assets besides their keys. The first rule whose pattern matches gives the value."
type ContentRules {
  cacheControl: [HeaderRule!]!
  contentType: [HeaderRule!]!
  metadata: MetadataRule!
  tags: MetadataRule!
  setTags: [Tag!]!
  storageClass: String
  acl: String
}

input LocationInput {
  accountId: ID!
  container: String!
  prefix: String = ""
}

input NamedAssetInput {
  sourceKey: String!
  destinationKey: String
  "An asset of another size, or with another digest, is refused."
  sizeBytes: Int
  "32 hexadecimal digits in lower case."
  md5: String
  "64 hexadecimal digits in lower case."
  sha256: String
}

input SelectionFilterInput {
  include: [String!]! = []
  exclude: [String!]! = []
  leastBytes: Float
  mostBytes: Float
  changedAfterMs: Float
  changedBeforeMs: Float
  directoryMarkers: DirectoryMarkerRule! = MOVE
}

input NamingInput {
  stripPrefix: String! = ""
  letters: LetterRule! = KEEP
  "Of {key} {dir} {name} {ext} {date:YYYY/MM/DD}."
  template: String! = ""
}

input HeaderRuleInput {
  glob: String!
  value: String!
}

input TagInput {
  name: String!
  value: String! = ""
}

input ContentRulesInput {
  cacheControl: [HeaderRuleInput!]! = []
  contentType: [HeaderRuleInput!]! = []
  metadata: MetadataRule! = KEEP
  "Those that the source has: a request for each asset, and a right of its own."
  tags: MetadataRule! = DROP
  "For every asset; its own tag of the same name gives way."
  setTags: [TagInput!]! = []
  storageClass: String
  "Who may read, in one of the destination's words for it."
  acl: String
}

input SubmitMigrationInput {
  name: String
  source: LocationInput!
  destination: LocationInput!
  "Only these; everything under the source when left out."
  assets: [NamedAssetInput!]
  "Narrows everything under the source; not together with assets."
  filter: SelectionFilterInput
  overwrite: OverwritePolicy = IF_DIFFERENT
  "SIZE_ONLY when left out; ETAG where the source is deleted."
  minimumProof: Proof
  "DELETE_SOURCE makes it a move: each source goes when its copy is proven and recorded."
  afterCopy: AfterCopyRule = KEEP
  naming: NamingInput
  content: ContentRulesInput
  queue: String = "default"
}

input EnqueueAssetsInput {
  name: String
  source: LocationInput!
  destination: LocationInput!
  assets: [NamedAssetInput!]!
  overwrite: OverwritePolicy = IF_DIFFERENT
  "SIZE_ONLY when left out; ETAG where the source is deleted."
  minimumProof: Proof
  "DELETE_SOURCE makes it a move: each source goes when its copy is proven and recorded."
  afterCopy: AfterCopyRule = KEEP
  naming: NamingInput
  content: ContentRulesInput
  queue: String = "default"
}
`;
