/**
 * Owns what the house tells people: the rules of its notices and the news that wait to be read. Must not hold secrets
 * nor send anything. Part of open-sqlite-store.ts.
 */
import type { HouseNews } from '../../../src-shared/model/health.ts';
import type { NoticeEvent, NoticeRule, NoticeTarget } from '../../../src-shared/model/notice-rule.ts';
import type { Store } from '../store.ts';
import type { Batch } from './batch.ts';
import type { Database } from './open-database.ts';
import type { Row } from './rows.ts';

type TellingVerbs = Pick<
  Store,
  'noticeRules' | 'saveNoticeRule' | 'removeNoticeRule' | 'news' | 'insertNews' | 'removeNews'
>;

export function tellingVerbs(db: Database, batch: Batch): TellingVerbs {
  const selectRules = db.prepare('SELECT * FROM notice_rule ORDER BY id');
  const insertRule = db.prepare(
    `INSERT INTO notice_rule (name, target, events, failed_at_least, is_enabled, has_secret) VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const updateRule = db.prepare(
    `UPDATE notice_rule SET name = ?, target = ?, events = ?, failed_at_least = ?, is_enabled = ?, has_secret = ? WHERE id = ?`,
  );
  const deleteRule = db.prepare('DELETE FROM notice_rule WHERE id = ?');
  const selectNews = db.prepare('SELECT * FROM news ORDER BY id DESC');
  const insertNews = db.prepare('INSERT INTO news (at_ms, severity, message, hint) VALUES (?, ?, ?, ?)');
  const deleteNews = db.prepare('DELETE FROM news WHERE id = ?');

  return {
    noticeRules: () => selectRules.all().map(ruleFrom),
    saveNoticeRule(id, rule) {
      const values = [
        rule.name,
        JSON.stringify(rule.target),
        JSON.stringify(rule.events),
        rule.failedAtLeast,
        rule.enabled ? 1 : 0,
        rule.hasSecret ? 1 : 0,
      ];
      batch.topic('notice-rules');
      if (id === null) return Number(insertRule.run(...values).lastInsertRowid);
      updateRule.run(...values, id);
      return id;
    },
    removeNoticeRule(id) {
      deleteRule.run(id);
      batch.topic('notice-rules');
    },
    news: () => selectNews.all().map(newsFrom),
    insertNews({ severity, message, hint }) {
      insertNews.run(batch.nowMs, severity, message, hint);
      batch.topic('news');
    },
    removeNews(id) {
      const { changes } = deleteNews.run(id);
      if (changes === 0) return false;
      batch.topic('news');
      return true;
    },
  };
}

function ruleFrom(row: Row): NoticeRule {
  return {
    id: Number(row.id),
    name: String(row.name),
    target: JSON.parse(String(row.target)) as NoticeTarget,
    events: JSON.parse(String(row.events)) as NoticeEvent[],
    failedAtLeast: Number(row.failed_at_least),
    enabled: row.is_enabled === 1,
    hasSecret: row.has_secret === 1,
  };
}

function newsFrom(row: Row): HouseNews {
  return {
    id: Number(row.id),
    atMs: Number(row.at_ms),
    severity: row.severity as HouseNews['severity'],
    message: String(row.message),
    hint: String(row.hint),
  };
}
