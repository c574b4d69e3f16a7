import { cpSync } from 'node:fs';

/** Puts the database that the run's tests begin with into a folder; outside of a run the folder stays as it is. */
export function copyDatabaseTemplate(folder: string): void {
  const template = process.env['CHOU_TEST_TEMPLATE'];
  // Of thousands of small files: six times as fast as without blocking.
  if (template) cpSync(template, folder, { recursive: true });
}
