import { technicianRow, type TechnicianRow } from '../rows/staffRows.ts';
import { userIdOf } from '../resources/settingsResources.ts';
import type { Desk } from './Desk.ts';

export type NewTechnician = Partial<Omit<TechnicianRow, 'id' | 'userId' | 'createdOn' | 'modifiedOn'>> & {
  readonly name: string;
};

export function splitName(name: string) {
  const [firstName = null, ...rest] = name.split(' ');
  return { firstName, lastName: rest.join(' ') || null };
}

/** A technician with an account of his own. */
export function hireTechnician({ records, now }: Desk, input: NewTechnician): TechnicianRow {
  const id = records.technicians.nextId();
  return records.technicians.put(
    technicianRow.parse({
      ...splitName(input.name),
      isManagedTech: input.licenseType !== 'NonManagedTech',
      accountLocked: false,
      ...input,
      id,
      userId: userIdOf(id),
      createdOn: now,
      modifiedOn: now,
    }),
  );
}

export function updateTechnician(
  { records, now }: Desk,
  technician: TechnicianRow,
  changes: Partial<TechnicianRow>,
): TechnicianRow {
  const names = changes.name === undefined ? {} : splitName(changes.name);
  return records.technicians.put({ ...technician, ...names, ...changes, modifiedOn: now });
}
