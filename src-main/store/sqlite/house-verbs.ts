/**
 * Owns the few rows that there is one of, or a handful: the house, its queues, its accounts. Must not hold secrets.
 * Part of open-sqlite-store.ts.
 */
import type { BandwidthCap } from '../../../src-shared/model/bandwidth-cap.ts';
import type { AccountCheck } from '../../../src-shared/model/provider.ts';
import type { HouseSettings, NumberSetting } from '../../../src-shared/model/settings.ts';
import type { AccountRecord, NewAccount } from '../records.ts';
import type { Store } from '../store.ts';
import type { Batch } from './batch.ts';
import type { Ledger } from './ledger.ts';
import type { Database } from './open-database.ts';
import { accountFrom } from './rows.ts';

type HouseVerbs = Pick<
  Store,
  | 'nextEpoch'
  | 'isHousePaused'
  | 'setHousePaused'
  | 'queues'
  | 'queue'
  | 'insertQueue'
  | 'updateQueue'
  | 'removeQueue'
  | 'settings'
  | 'changeSettings'
  | 'accounts'
  | 'account'
  | 'saveAccount'
  | 'recordAccountCheck'
  | 'limitAccount'
  | 'removeAccount'
>;

export function houseVerbs(db: Database, batch: Batch, ledger: Ledger): HouseVerbs {
  const selectHouse = db.prepare('SELECT value FROM house WHERE name = ?');
  const selectSettings = db.prepare('SELECT name, value FROM house');
  const selectPlan = db.prepare('SELECT plan FROM house_plan WHERE name = ?');
  const upsertPlan = db.prepare(
    'INSERT INTO house_plan VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET plan = excluded.plan',
  );
  const updateHouse = db.prepare('UPDATE house SET value = ? WHERE name = ?');
  const selectAccounts = db.prepare('SELECT * FROM account ORDER BY created_at_ms, id');
  const selectAccount = db.prepare('SELECT * FROM account WHERE id = ?');
  const upsertAccount = db.prepare(
    `INSERT INTO account (id, provider, name, options, secret_names, revision, created_at_ms) VALUES (?, ?, ?, ?, ?, 1, ?)
     ON CONFLICT (id) DO UPDATE SET provider = excluded.provider, name = excluded.name, options = excluded.options,
       secret_names = excluded.secret_names, revision = revision + 1, last_check = NULL`,
  );
  const updateCheck = db.prepare('UPDATE account SET last_check = ? WHERE id = ?');
  const insertQueue = db.prepare('INSERT INTO queue (name, concurrency) VALUES (?, ?)');
  const deleteQueue = db.prepare(
    'DELETE FROM queue WHERE name = ?1 AND NOT EXISTS (SELECT 1 FROM migration WHERE queue = ?1)',
  );
  const updateLimit = db.prepare('UPDATE account SET max_attempts = ? WHERE id = ?');
  const deleteAccount = db.prepare('DELETE FROM account WHERE id = ?');
  const houseValue = (name: 'epoch' | 'paused'): number => Number(selectHouse.get(name)?.value);

  function readSettings(): HouseSettings {
    const kept = Object.fromEntries(selectSettings.all().map((row) => [row.name, row.value]));
    const { workers, attemptsPerWorker, retentionDays, maxOpenJobs, attemptDeadlineMinutes, spoolBudgetBytes } =
      kept as Record<NumberSetting, number>;
    const cap = selectPlan.get('bandwidthCap')?.plan;
    return {
      workers,
      attemptsPerWorker,
      // Kept as 0: for ever.
      retentionDays: retentionDays === 0 ? null : retentionDays,
      maxOpenJobs,
      attemptDeadlineMinutes,
      // Kept as 0: what the disk has room for.
      spoolBudgetBytes: spoolBudgetBytes === 0 ? null : spoolBudgetBytes,
      bandwidthCap: cap === undefined ? null : (JSON.parse(String(cap)) as BandwidthCap | null),
    };
  }

  return {
    nextEpoch() {
      const epoch = houseValue('epoch') + 1;
      updateHouse.run(epoch, 'epoch');
      batch.wholeHouse();
      return epoch;
    },
    isHousePaused() {
      ledger.housePaused ??= houseValue('paused') === 1;
      return ledger.housePaused;
    },
    setHousePaused(paused) {
      ledger.housePaused = paused;
      updateHouse.run(paused ? 1 : 0, 'paused');
      batch.wholeHouse();
    },

    settings() {
      ledger.settings ??= readSettings();
      return ledger.settings;
    },
    changeSettings({ bandwidthCap, ...numbers }) {
      for (const [name, value] of Object.entries(numbers)) updateHouse.run(value ?? 0, name);
      if (bandwidthCap !== undefined) upsertPlan.run('bandwidthCap', JSON.stringify(bandwidthCap));
      ledger.settings = null;
      batch.topic('settings');
    },

    queues: () => [...ledger.allQueues().values()],
    queue: (name) => ledger.queue(name),
    insertQueue(name, concurrency) {
      insertQueue.run(name, concurrency);
      ledger.rereadQueues();
    },
    removeQueue(name) {
      const { changes } = deleteQueue.run(name);
      if (changes === 0) return false;
      ledger.rereadQueues();
      return true;
    },
    updateQueue(name, change) {
      const record = ledger.queue(name);
      if (record === null) throw new Error(`There is no queue ${name} to change.`);
      Object.assign(record, change);
      ledger.touchQueue(record);
    },

    accounts: (): AccountRecord[] => selectAccounts.all().map(accountFrom),
    account(id) {
      const row = selectAccount.get(id);
      return row === undefined ? null : accountFrom(row);
    },
    saveAccount(account: NewAccount) {
      upsertAccount.run(
        account.id,
        account.provider,
        account.name,
        JSON.stringify(account.options),
        JSON.stringify(account.secretNames),
        batch.nowMs,
      );
      batch.account();
    },
    recordAccountCheck(id, check: AccountCheck) {
      updateCheck.run(JSON.stringify(check), id);
      batch.account();
    },
    limitAccount(id, maxAttempts) {
      updateLimit.run(maxAttempts, id);
      batch.account();
    },
    removeAccount(id) {
      deleteAccount.run(id);
      batch.account();
    },
  };
}
