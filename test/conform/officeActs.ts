import { find } from './writes/WriteWorld.ts';
import type { SandboxUnderTest } from './SandboxUnderTest.ts';

const storyEvents = [
  'lead_received',
  'sales_booked',
  'sales_canceled',
  'estimate_created',
  'estimate_sold',
  'install_scheduled',
  'install_canceled',
  'install_completed',
] as const;

/** What no call brings about, because in ServiceTitan only the office or a technician can do it. */
export async function actAsOffice({ sandbox, client, tenant }: SandboxUnderTest): Promise<void> {
  // Without its date a record counts as changed now.
  const put = (resource: string, record: object) =>
    sandbox.load({ tenant: String(tenant.id), resource, records: [withoutDate(record)] });
  for (const event of storyEvents) await sandbox.story({ tenant: String(tenant.id), event });
  const { calls } = client;
  const invoice = await find(calls.listInvoices(), ({ syncStatus }) => syncStatus !== 'Posted');
  const batch = { id: 1, number: '1', name: 'January' };
  await put('invoices', { ...invoice, syncStatus: 'Posted', batch });
  await put('invoices', { ...invoice, syncStatus: 'Exported', batch });
  const appointment = await find(calls.listAppointments({ status: 'Scheduled' }));
  await put('appointments', { ...appointment, status: 'Dispatched' });
  const project = await find(calls.listProjects());
  await put('project_notes', { id: 1, projectId: project.id, text: 'Permit is here' });
  await put('calls', { id: 1, from: '+13105550111', to: '+13105550112' });
}

function withoutDate(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([member]) => member !== 'modifiedOn'));
}
