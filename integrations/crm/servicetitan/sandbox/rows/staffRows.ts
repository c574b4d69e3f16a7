import { z } from 'zod';
import {
  active,
  flag,
  id,
  links,
  money,
  optionalFlag,
  optionalLink,
  optionalMoney,
  optionalText,
  optionalTimestamp,
  requiredLink,
  text,
  timestamp,
} from './members.ts';

export const technicianPosition = z.enum([
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
]);

export const licenseType = z.enum(['NonManagedTech', 'ManagedTech', 'ManagedInstaller']);

export const technicianJobFilter = z.enum([
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

const employeeHome = z.object({
  street: optionalText,
  unit: optionalText,
  country: optionalText,
  city: optionalText,
  state: optionalText,
  zip: optionalText,
});
const technicianHome = employeeHome.extend({
  streetAddress: optionalText,
  latitude: optionalMoney,
  longitude: optionalMoney,
});

/** What technicians and office employees have in common. */
const staffRow = z.object({
  id,
  userId: requiredLink,
  name: text.min(1),
  firstName: optionalText,
  lastName: optionalText,
  roleIds: links.nullable(),
  businessUnitId: optionalLink,
  createdOn: timestamp,
  modifiedOn: timestamp,
  email: optionalText,
  phoneNumber: optionalText,
  loginName: optionalText,
  customFields: z
    .array(z.object({ typeId: z.int(), name: optionalText, value: optionalText }))
    .nullable()
    .default([]),
  active,
  aadUserId: optionalText,
  permissions: z
    .array(z.object({ id: z.int(), value: optionalText }))
    .nullable()
    .default([]),
  accountLocked: optionalFlag,
  hourlyRate: money.default(0),
  startDate: optionalTimestamp,
});

export const technicianRow = staffRow.extend({
  mainZoneId: optionalLink,
  zoneIds: links.nullable(),
  home: technicianHome.nullable().default(null),
  dailyGoal: money.default(0),
  isManagedTech: flag.default(true),
  licenseType: licenseType.nullable().default('ManagedTech'),
  burdenRate: money.default(0),
  team: optionalText,
  jobFilter: technicianJobFilter.nullable().default('AllScheduledDispatchedWorking'),
  commissionRate: money.default(0),
  currentValue: optionalMoney,
  jobId: optionalLink,
  mobilePhone: optionalText,
  outboundCallerId: optionalText,
  payrollId: optionalText,
  payrollProfileId: optionalLink,
  /** Spelled like that by ServiceTitan. */
  appoitmentId: optionalLink,
  shiftStart: optionalText,
  shiftEnd: optionalText,
  soldByRate: money.default(0),
  status: z.enum(['Idle', 'Dispatched', 'Working', 'Meal']).default('Idle'),
  skills: z
    .array(z.object({ id: z.int(), name: optionalText }))
    .nullable()
    .default([]),
  positions: z.array(technicianPosition).nullable().default(['Service']),
  location: z
    .object({ latitude: optionalMoney, longitude: optionalMoney, coordinatesUpdatedOn: optionalTimestamp })
    .nullable()
    .default(null),
  bio: optionalText,
  memo: optionalText,
});
export type TechnicianRow = z.infer<typeof technicianRow>;

export const employeeRow = staffRow.extend({
  managerId: optionalLink,
  role: z
    .enum(['Unspecified', 'Dispatch', 'Accounting', 'SalesManager', 'CSR', 'GeneralOffice', 'Admin', 'Owner'])
    .default('GeneralOffice'),
  home: employeeHome.nullable().default(null),
  agentId: z.int().default(0),
  terminationDate: optionalTimestamp,
  overtimeProfileId: optionalLink,
});
export type EmployeeRow = z.infer<typeof employeeRow>;
