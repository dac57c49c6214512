/**
 * Owns the page of a plan: how far it is, what it found, what it would take, and running it as it was reviewed. Must not
 * decide what moves (the house does). Shown at `#/plan/ID`.
 */
import { useState } from 'react';
import { type Failure, toFailure } from '../../../src-shared/model/failure.ts';
import {
  type PlanChoice,
  type PlanClass,
  type PlanRates,
  type PlanView,
  USUAL_CHOICE,
  USUAL_RATES,
} from '../../../src-shared/model/plan.ts';
import { formatNumberOf } from '../../format/count.ts';
import { Button } from '../../parts/button.tsx';
import { Checkbox } from '../../parts/checkbox.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { FailureNote } from '../../parts/failure-note.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { call } from '../../state/house-client.ts';
import { go, href } from '../../state/route.ts';
import { SearchField } from '../search-field.tsx';
import { PlanEstimate } from './plan-estimate.tsx';
import { PlanRows } from './plan-rows.tsx';
import styles from './plan-screen.module.css';
import { PlanTiles } from './plan-tiles.tsx';
import { stateNote } from './plan-words.ts';
import { usePlan } from './use-plan.ts';

export function PlanScreen({ planId }: { readonly planId: number }) {
  const [rates, setRates] = useState(USUAL_RATES);
  const [choice, setChoice] = useState(USUAL_CHOICE);
  const [doing, setDoing] = useState<'run' | 'discard' | null>(null);
  const [refusal, setRefusal] = useState<Failure | null>(null);
  const { plan, failure, reload } = usePlan(planId, rates, choice);

  async function act(what: 'run' | 'discard'): Promise<void> {
    setDoing(what);
    setRefusal(null);
    try {
      if (what === 'discard') {
        await call('plan.discard', { planId });
        go(href('new'));
        return;
      }
      const { migrationId } = await call('plan.run', { planId, choice });
      go(href('migrations', migrationId));
    } catch (thrown) {
      setRefusal(toFailure(thrown));
      reload();
    } finally {
      setDoing(null);
    }
  }

  const told = refusal ?? plan?.failure ?? failure;
  const count = plan?.estimate?.assets ?? 0;
  const isForgotten = failure !== null;
  return (
    <>
      <PageHeader
        title={plan?.name === null || plan === null ? 'Plan' : `Plan: ${plan.name}`}
        note={plan === null || isForgotten ? '' : stateNote(plan, Date.now())}
      >
        {plan !== null && !isForgotten && (
          <Button disabled={doing !== null || plan.state === 'handing-over'} onClick={() => void act('discard')}>
            Discard
          </Button>
        )}
        {plan?.migrationId !== null && plan?.migrationId !== undefined ? (
          <Button tone="primary" onClick={() => go(href('migrations', plan.migrationId ?? ''))}>
            Open the migration
          </Button>
        ) : (
          plan !== null &&
          !isForgotten && (
            <Button
              tone="primary"
              disabled={doing !== null || plan.state !== 'ready' || count === 0}
              onClick={() => void act('run')}
            >
              {doing === 'run' ? 'Handing it over' : plan.state === 'ready' ? runWords(count) : 'Run as reviewed'}
            </Button>
          )
        )}
      </PageHeader>
      <div className={styles.screen}>
        {told !== null && (
          <div className={styles.failure}>
            <FailureNote
              failure={told}
              action={
                <Button size="small" onClick={() => go(href('new'))}>
                  New migration
                </Button>
              }
            />
          </div>
        )}
        {plan !== null && !isForgotten && (
          <Body plan={plan} choice={choice} onChoice={setChoice} rates={rates} onRates={setRates} />
        )}
      </div>
    </>
  );
}

interface BodyProps {
  readonly plan: PlanView;
  readonly choice: PlanChoice;
  readonly onChoice: (choice: PlanChoice) => void;
  readonly rates: PlanRates;
  readonly onRates: (rates: PlanRates) => void;
}

function Body({ plan, choice, onChoice, rates, onRates }: BodyProps) {
  const [chosen, setChosen] = useState<PlanClass>('new');
  const [search, setSearch] = useState('');
  const { source, destination } = plan.listed;
  if (plan.classes === null) {
    if (plan.state === 'failed') return null;
    return (
      <EmptyState
        title={plan.state === 'listing' ? 'Listing both ends.' : 'Comparing both ends.'}
        text={`${formatNumberOf(source.assets, 'asset')} at the source${source.isDone ? '' : ' so far'}, ${formatNumberOf(destination.assets, 'asset')} at the destination${destination.isDone ? '' : ' so far'}. Nothing is written.`}
      />
    );
  }
  return (
    <>
      <PlanTiles plan={plan} choice={choice} current={chosen} onChoose={setChosen} />
      {plan.estimate !== null && <PlanEstimate estimate={plan.estimate} rates={rates} onRates={onRates} />}
      <div className={styles.choices}>
        {plan.policies.overwrite !== 'never' && plan.classes.unknown.assets > 0 && (
          <Checkbox
            label={`Also move the ${formatNumberOf(plan.classes.unknown.assets, 'unknown', 'unknown')}: each is read, and left alone where it proves identical`}
            checked={choice.withUnknown}
            onChange={(withUnknown) => onChoice({ ...choice, withUnknown })}
          />
        )}
        {plan.lookalikes > 0 && (
          <Checkbox
            label={`Also move ${formatNumberOf(plan.lookalikes, 'conflicting', 'conflicting')}: this disk tells such names apart`}
            checked={choice.withLookalikes}
            onChange={(withLookalikes) => onChoice({ ...choice, withLookalikes })}
          />
        )}
        <div className={styles.search}>
          <SearchField label="Search keys of this class" value={search} onChange={setSearch} />
        </div>
      </div>
      <PlanRows key={`${chosen} ${search}`} planId={plan.id} planClass={chosen} search={search} />
    </>
  );
}

function runWords(count: number): string {
  return count === 0 ? 'Nothing to move' : `Run ${formatNumberOf(count, 'asset')} as reviewed`;
}
