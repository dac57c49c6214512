/**
 * Owns how large a GraphQL document may be: tokens before it is parsed, depth, aliases and fields before it is run.
 * The same for queries, mutations and subscriptions. Pure. Used by create-graphql.ts. Figures: ASVS 5.0 4.3.1 asks for
 * some; ours leave three times of what the deepest honest question needs.
 */
import { type ASTVisitor, GraphQLError, type ValidationContext } from 'graphql';

export const MAX_TOKENS = 1_000;
const MAX_DEPTH = 8;
const MAX_ALIASES = 15;
const MAX_FIELDS = 200;

export function limitRule(context: ValidationContext): ASTVisitor {
  let depth = 0;
  let aliases = 0;
  let fields = 0;
  const refuse = (message: string): void =>
    context.reportError(
      new GraphQLError(message, { extensions: { code: 'too-large', hint: 'Ask for less at once.' } }),
    );
  return {
    Field: {
      enter(node) {
        fields += 1;
        if (node.alias !== undefined) aliases += 1;
        if (fields === MAX_FIELDS + 1) refuse(`More than ${MAX_FIELDS} fields.`);
        if (aliases === MAX_ALIASES + 1) refuse(`More than ${MAX_ALIASES} aliases.`);
      },
    },
    SelectionSet: {
      enter() {
        depth += 1;
        if (depth === MAX_DEPTH + 1) refuse(`Deeper than ${MAX_DEPTH} levels.`);
      },
      leave() {
        depth -= 1;
      },
    },
    // A fragment hides depth and multiplies fields; nothing here is long enough to need one.
    FragmentSpread() {
      refuse('Named fragments are not supported here.');
    },
  };
}
