/**
 * Owns how a person gets to a place in the window, by what they see. Used by specs.
 */
import type { Locator } from '@playwright/test';
import { type AppUnderTest, expect } from './fixtures.ts';

export type Screen =
  | 'Overview'
  | 'Migrations'
  | 'Jobs'
  | 'Failures'
  | 'Queues'
  | 'Schedules'
  | 'Notices'
  | 'Accounts'
  | 'Settings';

/** Opens a screen from the side. */
export async function goTo(app: AppUnderTest, screen: Screen): Promise<void> {
  await app.page.getByRole('link', { name: screen, exact: true }).click();
  await expect(app.page.getByRole('heading', { level: 1, name: screen })).toBeVisible();
}

/** Opens a migration's page from the list of all migrations. */
export async function openMigration(app: AppUnderTest, name: string): Promise<void> {
  await goTo(app, 'Migrations');
  await app.page.getByRole('list', { name: 'Migrations' }).getByRole('link', { name }).click();
  await expect(app.page.getByRole('heading', { level: 1, name })).toBeVisible();
}

/** Opens the job with this source key in the list that is shown; answers its pane. */
export async function openJob(app: AppUnderTest, sourceKey: string): Promise<Locator> {
  const name = sourceKey.slice(sourceKey.lastIndexOf('/') + 1);
  await app.page.getByRole('row').filter({ hasText: name }).click();
  const pane = app.page.getByRole('complementary', { name: /^Job \d+$/ });
  await expect(pane).toBeVisible();
  return pane;
}
