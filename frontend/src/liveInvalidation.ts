import type { ChangeEvent } from '#backend/schemas/api.ts';

/** Which resources' queries a change makes old. A moved clock touches whatever shows a time. */
const outdatedBy = {
  journey: ['board', 'customers', 'timeline'],
  run: ['flows', 'flow', 'runs', 'run', 'timeline', 'alerts', 'why', 'bulk'],
  message: ['messages', 'message', 'mailbox', 'timeline', 'flows', 'why'],
  sync: ['integrations', 'connection', 'options'],
  flow: ['flows', 'flow'],
  connection: [
    'integrations',
    'connection',
    'board',
    'customers',
    'state-settings',
    'settings-preview',
    'settings-changes',
  ],
  clock: ['session', 'board', 'customers', 'timeline', 'runs', 'run', 'alerts'],
} as const satisfies Record<ChangeEvent['type'], readonly string[]>;

const idOf = {
  timeline: 'contactId',
  flow: 'flowId',
  run: 'runId',
  connection: 'connectionId',
} as const satisfies Record<string, keyof ChangeEvent>;

function ownIdOf(resource: string, event: ChangeEvent): string | null | undefined {
  for (const [name, field] of Object.entries(idOf)) if (name === resource) return event[field];
  return undefined;
}

/** The query keys to fetch anew after a change; an id narrows the key when the event names one. */
export function outdatedKeys(event: ChangeEvent): string[][] {
  return outdatedBy[event.type].map((resource) => {
    const id = ownIdOf(resource, event);
    return id ? [resource, id] : [resource];
  });
}
