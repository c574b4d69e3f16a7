import type { ActionProvider } from '../ActionSource.ts';
import { httpRequestAction } from './actions/httpRequest.ts';
import { notifyTeamAction } from './actions/notifyTeam.ts';
import { startFlowAction } from './actions/startFlow.ts';
import { updateContactAction } from './actions/updateContact.ts';
import type { ChouHost } from './ChouHost.ts';

/** What the product itself does in flows; nothing has to be connected for it. */
export const chou = {
  id: 'chou',
  name: 'Chou',
  description: 'Tells the team and other systems, updates contacts, starts other flows.',
  actions: [notifyTeamAction, updateContactAction, startFlowAction, httpRequestAction],
} as const satisfies ActionProvider<ChouHost>;
