import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { routeTable } from '#integrations/crm/servicetitan/sandbox/api/routeTable.ts';
import { usage } from '#integrations/crm/servicetitan/sandbox/commandLine.ts';
import { officeEvents, storyEvents } from '#integrations/crm/servicetitan/sandbox/story/storyInput.ts';
import { Switches } from '#integrations/crm/servicetitan/sandbox/switches/Switches.ts';
import { webhookTypes } from '#integrations/crm/servicetitan/sandbox/webhooks/subscriptions.ts';

const readme = readFileSync(
  new URL('../../../integrations/crm/servicetitan/sandbox/README.md', import.meta.url),
  'utf8',
);
const rows = readme.split('\n').filter((line) => line.startsWith('|'));
const rowOf = (name: string) => rows.find((row) => row.includes(`\`${name}\``));

it.each(new Switches().describe())('the README lists the switch $name with its values', (described) => {
  const row = rowOf(described.name);
  expect(row).toContain(`**${String(described.default)}**`);
  for (const value of described.values) expect(row).toContain(value);
  expect(row).toContain(described.description);
});

it.each([...storyEvents, ...officeEvents, ...webhookTypes])('the README lists the event %s', (name) => {
  expect(rowOf(name)).toBeDefined();
});

it('the README lists every option of the command line', () => {
  const options = usage.matchAll(/^ {2}(--\w+)/gm).map(([, option]) => option);
  for (const option of options.filter((name) => name !== '--help'))
    expect(rows.find((row) => row.startsWith(`| \`${option}`))).toBeDefined();
});

it('every area of the API that there are routes for has a row in the README', () => {
  const areas = new Set(routeTable.map(({ path }) => path.split('/')[0]));
  const known = {
    crm: 'CRM',
    jbce: 'call reasons',
    jpm: 'Jobs',
    dispatch: 'Dispatch',
    sales: 'Sales',
    accounting: 'Accounting',
    marketing: 'Marketing',
    memberships: 'Memberships',
    equipmentsystems: 'Equipment',
    telecom: 'Telecom',
    pricebook: 'Pricebook',
    settings: 'Settings',
    taskmanagement: 'Tasks',
  };
  expect(Object.keys(known)).toEqual(expect.arrayContaining([...areas]));
  for (const word of Object.values(known)) expect(rows.some((row) => row.includes(word))).toBe(true);
});
