/** Proves that docs/schema.graphql is the schema that is served. UPDATE_SCHEMA=1 writes it anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { buildSchema, printSchema } from 'graphql';
import { expect, it } from 'vitest';
import { TYPE_DEFINITIONS } from './type-definitions.ts';

const PAGE = new URL('../../../docs/schema.graphql', import.meta.url);

it('the printed schema is the one that is served', () => {
  const printed = `${printSchema(buildSchema(TYPE_DEFINITIONS))}\n`;
  if (process.env.UPDATE_SCHEMA === '1') writeFileSync(PAGE, printed);
  expect(readFileSync(PAGE, 'utf8')).toBe(printed);
});
