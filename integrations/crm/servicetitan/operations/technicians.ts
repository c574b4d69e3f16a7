import { z } from 'zod';
import { sentCustomField } from './jobs.ts';
import { apiModule } from './operation.ts';
import { parameter, standard } from './parameters.ts';
import { customField, named } from './shared.ts';
import { decimal, flag, id, optional, text, timestamp, whole, word } from './values.ts';

const technicianAddress = z.object({
  street: optional(text),
  unit: optional(text),
  country: optional(text),
  city: optional(text),
  state: optional(text),
  zip: optional(text),
  streetAddress: optional(text),
  latitude: optional(decimal),
  longitude: optional(decimal),
});

const technicianPermission = z.object({ id: whole, value: optional(text) });

const technicianLocation = z.object({
  latitude: optional(decimal),
  longitude: optional(decimal),
  coordinatesUpdatedOn: optional(timestamp),
});

const technician = z.object({
  id,
  userId: id,
  name: text,
  roleIds: optional(z.array(id)),
  businessUnitId: optional(id),
  mainZoneId: optional(id),
  zoneIds: optional(z.array(id)),
  createdOn: timestamp,
  modifiedOn: timestamp,
  email: optional(text),
  phoneNumber: optional(text),
  loginName: optional(text),
  home: optional(technicianAddress),
  dailyGoal: decimal,
  isManagedTech: flag,
  licenseType: optional(word('NonManagedTech', 'ManagedTech', 'ManagedInstaller')),
  customFields: optional(z.array(customField)),
  active: flag,
  aadUserId: optional(text),
  burdenRate: decimal,
  team: optional(text),
  jobFilter: optional(
    word(
      'AllScheduledDispatchedWorking',
      'NextScheduledDispatchedWorking',
      'DispatchedWorking',
      'NextScheduledDispatchedWorkingToday',
      'AllScheduledDispatchedWorkingToday',
      'AllScheduledDispatchedWorkingFiveDays',
      'NextScheduledDispatchedWorkingTodayTomorrow',
      'AllScheduledDispatchedWorkingTodayTomorrow',
      'Next2ScheduledDispatchedWorkingToday',
    ),
  ),
  permissions: optional(z.array(technicianPermission)),
  accountLocked: optional(flag),
  commissionRate: decimal,
  currentValue: optional(decimal),
  firstName: optional(text),
  lastName: optional(text),
  hourlyRate: decimal,
  jobId: optional(id),
  mobilePhone: optional(text),
  outboundCallerId: optional(text),
  payrollId: optional(text),
  payrollProfileId: optional(id),
  appoitmentId: optional(id),
  shiftStart: optional(text),
  shiftEnd: optional(text),
  soldByRate: decimal,
  startDate: optional(timestamp),
  status: word('Idle', 'Dispatched', 'Working', 'Meal'),
  skills: optional(z.array(named)),
  positions: optional(
    z.array(
      word(
        'Installer',
        'Service',
        'Sales',
        'Maintenance',
        'Helper',
        'InstallProductionManager',
        'ServiceManager',
        'SalesManager',
        'PartRunner',
        'DummyTech',
      ),
    ),
  ),
  location: optional(technicianLocation),
  bio: optional(text),
  memo: optional(text),
});

const savedTechnician = z.object({ id });

const technicianAddressToSave = z.strictObject({
  unit: text.nullish(),
  street: text,
  city: text,
  state: text.nullish(),
  country: text.nullish(),
  zip: text.nullish(),
  latitude: decimal.nullish(),
  longitude: decimal.nullish(),
});

const positions = z.array(
  z.enum([
    'Installer',
    'Service',
    'Sales',
    'Maintenance',
    'Helper',
    'InstallProductionManager',
    'ServiceManager',
    'SalesManager',
    'PartRunner',
    'DummyTech',
  ]),
);

const jobFilter = z.enum([
  'AllScheduledDispatchedWorking',
  'NextScheduledDispatchedWorking',
  'DispatchedWorking',
  'NextScheduledDispatchedWorkingToday',
  'AllScheduledDispatchedWorkingToday',
  'AllScheduledDispatchedWorkingFiveDays',
  'NextScheduledDispatchedWorkingTodayTomorrow',
  'AllScheduledDispatchedWorkingTodayTomorrow',
  'Next2ScheduledDispatchedWorkingToday',
]);

const licenseType = z.enum(['NonManagedTech', 'ManagedTech', 'ManagedInstaller']);

const jobHistoryDateFilter = z.enum(['AllJobs', 'LastThreeDays', 'LastSevenDays', 'LastMonth']);

const newTechnician = z.strictObject({
  name: text,
  phoneNumber: text.nullish(),
  email: z.email().nullish(),
  login: text.nullish(),
  password: text.nullish(),
  accountCreationMethod: z.enum(['CreateLater', 'SendInvite', 'AssignLoginAndPassword']),
  businessUnitId: id.nullish(),
  roleId: id,
  positions,
  aadUserId: text.nullish(),
  licenseType,
  team: text.nullish(),
  dailyGoal: decimal.nullish(),
  burdenRate: decimal.nullish(),
  bio: text.nullish(),
  memo: text.nullish(),
  jobFilter: jobFilter.nullish(),
  jobHistoryDateFilter: jobHistoryDateFilter.nullish(),
  home: technicianAddressToSave.nullish(),
  customFields: z.array(sentCustomField).nullish(),
});

const technicianChanges = z.strictObject({
  name: text.optional(),
  phoneNumber: text.optional(),
  email: z.email().optional(),
  login: text.optional(),
  businessUnitId: id.nullish(),
  roleId: id.optional(),
  positions: positions.optional(),
  aadUserId: text.optional(),
  licenseType: licenseType.optional(),
  team: text.optional(),
  dailyGoal: decimal.nullish(),
  burdenRate: decimal.nullish(),
  bio: text.optional(),
  memo: text.optional(),
  jobFilter: jobFilter.nullish(),
  jobHistoryDateFilter: jobHistoryDateFilter.nullish(),
  home: technicianAddressToSave.optional(),
  customFields: z.array(sentCustomField).optional(),
  accountLocked: flag.optional(),
});

const settings = apiModule('settings/v2');

export const technicianOperations = {
  listTechnicians: settings.list('technicians', {
    scope: 'stt.technicians',
    query: {
      ...standard,
      ids: parameter.ids,
      userIds: parameter.ids,
      name: parameter.text,
      active: parameter.active,
    },
    row: technician,
  }),
  getTechnician: settings.get('technicians/{id}', { scope: 'stt.technicians', reply: technician }),
  createTechnician: settings.post('technicians', {
    scope: 'stt.technicians',
    body: newTechnician,
    reply: savedTechnician,
  }),
  updateTechnician: settings.patch('technicians/{id}', {
    scope: 'stt.technicians',
    body: technicianChanges,
    reply: savedTechnician,
  }),
  exportTechnicians: settings.feed('export/technicians', { scope: 'stt.technicians', row: technician }),
};
