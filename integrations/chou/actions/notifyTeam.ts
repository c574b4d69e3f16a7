import { z } from 'zod';
import { defineAction } from '../../action.ts';
import { choicesField, idsField, longTextField, textField } from '../../fields.ts';
import { memberRoles, type ChouHost } from '../ChouHost.ts';

const input = z
  .object({
    roles: choicesField(memberRoles, {
      title: 'Everybody who is',
      enumNames: ['Owner', 'Administrator', 'Marketer', 'Viewer'],
    }),
    members: idsField({ title: 'And these members', options: 'members' }),
    subject: textField({ title: 'Subject', format: 'template', sensitive: 'personal' }),
    text: longTextField({
      title: 'Text',
      description: 'An empty line begins a new paragraph.',
      format: 'template',
      sensitive: 'personal',
    }),
  })
  .refine(({ roles, members }) => roles.length + members.length > 0, {
    message: 'Choose who is told.',
    path: ['roles'],
  });

const output = z.object({ recipients: z.int().meta({ title: 'How many were told' }) });

export const notifyTeamAction = defineAction<ChouHost, typeof input, typeof output>({
  id: 'chou_notify_team',
  title: 'Notify the team',
  description: 'Sends an e-mail to members of this workspace, not to the customer.',
  category: 'Team',
  effect: 'write',
  input,
  output,
  run: async ({ service }, { roles, members, subject, text }) =>
    await service.notifyTeam({ to: { roles, members }, subject, text }),
});
