/**
 * Owns the GraphQL endpoint over the commands of the house: schema, limits, errors as data. Must not listen (the door
 * mounts it) nor hold logic. Called by headless.ts.
 */
import { GraphQLError, NoSchemaIntrospectionCustomRule, parse } from 'graphql';
import { createSchema, createYoga, type Plugin, useExecutionCancellation } from 'graphql-yoga';
import { FailureError, toFailure } from '../../../src-shared/model/failure.ts';
import type { Log } from '../../ports.ts';
import type { House } from '../house.ts';
import { limitRule, MAX_TOKENS } from './query-limits.ts';
import { createResolvers } from './resolvers.ts';
import { TYPE_DEFINITIONS } from './type-definitions.ts';

export interface GraphqlOptions {
  /** Lets clients read the schema. */
  readonly introspection: boolean;
}

/** A request handler for node:http, for one path. */
export function createGraphql(house: House, log: Log, { introspection }: GraphqlOptions) {
  const limits: Plugin = {
    onParse({ setParseFn }) {
      // Counted while reading: a deep document would overflow the stack before any rule saw it.
      setParseFn((source, options) => parse(source, { ...options, maxTokens: MAX_TOKENS }));
    },
    onValidate({ addValidationRule }) {
      addValidationRule(limitRule);
      if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule);
    },
  };
  return createYoga({
    schema: createSchema({ typeDefs: TYPE_DEFINITIONS, resolvers: createResolvers(house) }),
    graphqlEndpoint: '/graphql',
    graphiql: false,
    landingPage: false,
    batching: false,
    // The door answers for origins; there is no other page to let in.
    cors: false,
    multipart: false,
    logging: false,
    plugins: [limits, useExecutionCancellation()],
    maskedErrors: { maskError: (error) => asData(error, log) },
  });
}

/** A failure goes out with its code, hint and field; a mistake in the document with GraphQL's own words; nothing else. */
function asData(error: unknown, log: Log): GraphQLError {
  const cause = error instanceof GraphQLError ? error.originalError : error;
  const place = error instanceof GraphQLError ? { nodes: error.nodes, path: error.path } : {};
  if (cause === undefined || cause === null) {
    return error instanceof GraphQLError ? error : new GraphQLError('Unexpected.');
  }
  const { code, message, hint, field } = toFailure(cause);
  if (!(cause instanceof FailureError)) {
    log.error('A GraphQL field failed.', { error: cause });
    return new GraphQLError('This could not be answered; the log has the details.', {
      ...place,
      extensions: { code: 'unexpected' },
    });
  }
  return new GraphQLError(message, { ...place, extensions: { code, hint, ...(field === undefined ? {} : { field }) } });
}
