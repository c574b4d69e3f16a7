import type { z } from 'zod';
import { requireRow } from '../office/Desk.ts';
import { changeCustomFields, changeData } from '../office/externalData.ts';
import { hireTechnician, updateTechnician, type NewTechnician } from '../office/staff.ts';
import type { TechnicianRow } from '../rows/staffRows.ts';
import { checkLinks } from './checkLinks.ts';
import { givenMembers } from './givenMembers.ts';
import { pathId, readBody, type Route } from './route.ts';
import { businessUnitChangesBody, newTechnicianBody, technicianChangesBody } from './settingsBodies.ts';

const technicians = 'settings/v2/tenant/:tenant/technicians';
const businessUnits = 'settings/v2/tenant/:tenant/business-units';

type TechnicianMembers = Omit<z.infer<typeof technicianChangesBody>, 'customFields'>;

/** The body's members under the names that a technician's record has. */
function describeTechnician({ login, roleId, home, ...members }: TechnicianMembers) {
  const { jobHistoryDateFilter: _, ...rest } = members;
  const streetAddress = home && [home.street, home.unit].filter(Boolean).join(' ');
  return {
    ...givenMembers(rest),
    ...givenMembers({ loginName: login }),
    ...(roleId !== undefined && { roleIds: [roleId] }),
    ...(home && { home: { ...emptyHome, ...givenMembers(home), streetAddress: streetAddress ?? null } }),
    ...(rest.licenseType && { isManagedTech: rest.licenseType !== 'NonManagedTech' }),
  } satisfies Partial<TechnicianRow>;
}

const emptyHome = { unit: null, state: null, zip: null, country: null, latitude: null, longitude: null };

export const settingsRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: technicians,
    scope: 'stt.technicians',
    handle: (call) => {
      const body = readBody(call, newTechnicianBody);
      checkLinks(call.desk.records, body);
      const { password: _password, accountCreationMethod: _method, customFields, name, ...members } = body;
      const technician: NewTechnician = {
        ...describeTechnician(members),
        name,
        customFields: changeCustomFields([], customFields),
      };
      return { id: hireTechnician(call.desk, technician).id };
    },
  },
  {
    method: 'PATCH',
    path: `${technicians}/:id`,
    scope: 'stt.technicians',
    handle: (call) => {
      const { records } = call.desk;
      const technician = requireRow(records.technicians, 'Technician', pathId(call));
      const { customFields, ...members } = readBody(call, technicianChangesBody);
      checkLinks(records, members);
      updateTechnician(call.desk, technician, {
        ...describeTechnician(members),
        ...(customFields && {
          customFields: changeCustomFields(technician.customFields ?? [], customFields),
        }),
      });
      return { id: technician.id };
    },
  },
  {
    method: 'PATCH',
    path: `${businessUnits}/:id`,
    scope: 'stt.businessunits',
    handle: (call) => {
      const { records, now } = call.desk;
      const unit = requireRow(records.business_units, 'Business unit', pathId(call));
      const { externalData } = readBody(call, businessUnitChangesBody);
      records.business_units.put({
        ...unit,
        ...(externalData && { externalData: changeData(unit.externalData, externalData) }),
        modifiedOn: now,
      });
      return { id: unit.id };
    },
  },
];
