import type { Desk } from '../office/Desk.ts';
import { hireTechnician, splitName } from '../office/staff.ts';
import { userIdOf } from '../resources/settingsResources.ts';
import { reasonRow } from '../rows/jobLogRows.ts';
import { projectStatusRow, projectSubStatusRow, projectTypeRow } from '../rows/projectRows.ts';
import { callReasonRow } from '../rows/settingsRows.ts';
import { employeeRow } from '../rows/staffRows.ts';

const technicians = [
  { name: 'Basil Wrenchwell', unit: 'Sales', positions: ['Sales'] },
  { name: 'Clover Ductworth', unit: 'Sales', positions: ['Sales'] },
  { name: 'Hazel Copperpipe', unit: 'Install', positions: ['Installer'] },
  { name: 'Jonquil Brazewell', unit: 'Install', positions: ['Installer', 'Helper'] },
  { name: 'Linden Gaugeford', unit: 'Service', positions: ['Service'] },
  { name: 'Marigold Valveton', unit: 'Service', positions: ['Service', 'Maintenance'] },
  { name: 'Sorrel Pumphrey', unit: 'Service', positions: ['Maintenance'] },
  { name: 'Yarrow Thermostone', unit: 'Install', positions: ['InstallProductionManager'] },
] as const;

const employees = [
  { name: 'Aster Quotewell', role: 'SalesManager' },
  { name: 'Briony Closington', role: 'SalesManager' },
  { name: 'Cosmo Ledgerly', role: 'Accounting' },
  { name: 'Dahlia Switchboard', role: 'CSR' },
  { name: 'Elder Dispatchley', role: 'Dispatch' },
  { name: 'Fennel Keyholder', role: 'Admin' },
] as const;

const holdReasons = ['Waiting for parts', 'Waiting for the customer', 'Waiting for a permit', 'Weather'];

const callReasons = [
  { name: 'Wants a quote', isLead: true },
  { name: 'Price too high', isLead: true },
  { name: 'Went with another company', isLead: true },
  { name: 'Outside of the service area', isLead: true },
  { name: 'Wrong number', isLead: false },
  { name: 'Question about an invoice', isLead: false },
] as const;

const projectStatuses = [
  { name: 'New', subStatuses: [] },
  { name: 'In Progress', subStatuses: ['Permit requested', 'Work under way'] },
  { name: 'On Hold', subStatuses: ['Waiting for financing'] },
  { name: 'Completed', subStatuses: [] },
  { name: 'Canceled', subStatuses: [] },
] as const;

const projectTypes = ['Replacement', 'New construction'] as const;

/** The people and the words of an office: staff, reasons, and what projects go through. */
export function writeOfficeData(desk: Desk): void {
  writeStaff(desk);
  const { records, now } = desk;
  const dates = { createdOn: now, modifiedOn: now };
  for (const name of holdReasons) {
    records.hold_reasons.put(reasonRow.parse({ id: records.hold_reasons.nextId(), name, ...dates }));
  }
  for (const reason of callReasons) {
    records.call_reasons.put(callReasonRow.parse({ id: records.call_reasons.nextId(), ...reason, ...dates }));
  }
  for (const name of projectTypes) {
    const id = records.project_types.nextId();
    records.project_types.put(projectTypeRow.parse({ id, name, createdById: 1, ...dates }));
  }
  for (const [order, { name, subStatuses }] of projectStatuses.entries()) {
    const statusId = records.project_statuses.nextId();
    records.project_statuses.put(projectStatusRow.parse({ id: statusId, name, order, ...dates }));
    for (const [subOrder, subName] of subStatuses.entries()) {
      const id = records.project_sub_statuses.nextId();
      records.project_sub_statuses.put(
        projectSubStatusRow.parse({ id, statusId, name: subName, order: subOrder, ...dates }),
      );
    }
  }
}

function mailOf(name: string): string {
  return `${name.toLowerCase().replace(' ', '.')}@example.com`;
}

function writeStaff(desk: Desk): void {
  const { records, now } = desk;
  const units = new Map(
    records.business_units.values().map((unit): [string, number] => [unit.name, unit.id]),
  );
  for (const { name, unit, positions } of technicians) {
    hireTechnician(desk, {
      name,
      positions: [...positions],
      businessUnitId: units.get(unit) ?? null,
      roleIds: [1],
      email: mailOf(name),
      licenseType: unit === 'Install' ? 'ManagedInstaller' : 'ManagedTech',
      team: unit,
    });
  }
  for (const { name, role } of employees) {
    const id = records.employees.nextId();
    records.employees.put(
      employeeRow.parse({
        id,
        userId: userIdOf(id),
        name,
        ...splitName(name),
        role,
        roleIds: [2],
        email: mailOf(name),
        accountLocked: false,
        createdOn: now,
        modifiedOn: now,
      }),
    );
  }
}
