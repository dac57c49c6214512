/** Owns the primary action that most screens share: begin a new migration. */
import { Plus } from 'lucide-react';
import { Button } from '../parts/button.tsx';
import { go, href } from '../state/route.ts';

export function NewMigrationButton() {
  return (
    <Button icon={Plus} tone="primary" onClick={() => go(href('new'))}>
      New migration
    </Button>
  );
}
