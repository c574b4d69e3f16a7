import { z } from 'zod';
import { externalDataChanges } from '../rows/externalData.ts';
import { flag, text } from '../rows/members.ts';
import { licenseType, technicianJobFilter, technicianPosition } from '../rows/staffRows.ts';
import { customFieldValues, id, money } from './bodyMembers.ts';

const home = z.object({
  street: text,
  unit: text.nullish(),
  city: text,
  state: text.nullish(),
  zip: text.nullish(),
  country: text.nullish(),
  latitude: money.nullish(),
  longitude: money.nullish(),
});

const technicianMembers = z
  .object({
    phoneNumber: text.nullable(),
    email: z.email().nullable(),
    login: text.nullable(),
    businessUnitId: id.nullable(),
    aadUserId: text.nullable(),
    team: text.nullable(),
    dailyGoal: money.nullable(),
    burdenRate: money.nullable(),
    bio: text.nullable(),
    memo: text.nullable(),
    jobFilter: technicianJobFilter.nullable(),
    jobHistoryDateFilter: z.enum(['AllJobs', 'LastThreeDays', 'LastSevenDays', 'LastMonth']).nullable(),
    home: home.nullable(),
    customFields: customFieldValues.nullable(),
  })
  .partial();

const accounts = z.enum(['CreateLater', 'SendInvite', 'AssignLoginAndPassword']);

/** Whoever is to sign in needs something to sign in with. */
export const newTechnicianBody = technicianMembers
  .extend({
    name: text.min(1),
    accountCreationMethod: accounts,
    roleId: id,
    positions: z.array(technicianPosition).min(1),
    licenseType,
    password: text.nullish(),
  })
  .superRefine((body, context) => {
    const needed = {
      CreateLater: [],
      SendInvite: ['email'],
      AssignLoginAndPassword: ['login', 'password'],
    } as const satisfies Record<z.infer<typeof accounts>, readonly (keyof typeof body)[]>;
    for (const member of needed[body.accountCreationMethod]) {
      if (!body[member]) {
        context.addIssue({
          code: 'custom',
          path: [member],
          message: `is required with ${body.accountCreationMethod}`,
        });
      }
    }
  });

export const technicianChangesBody = technicianMembers.extend({
  name: text.min(1).optional(),
  roleId: id.optional(),
  positions: z.array(technicianPosition).min(1).optional(),
  licenseType: licenseType.optional(),
  accountLocked: flag.optional(),
});

export const businessUnitChangesBody = z.object({ externalData: externalDataChanges.optional() });
