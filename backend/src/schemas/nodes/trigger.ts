import { z } from 'zod';
import { conditions, noConditions } from '../conditions.ts';
import { stateNumber, stateNumbers, stateTitles } from '../state.ts';
import { conditionWords } from './conditionWords.ts';
import { defineNode, onlyOutput, type NodeNames } from './defineNode.ts';
import { localTime, weekdays, weekdayTitles } from './localTime.ts';
import { countWords } from './duration.ts';

const connectionIds = z
  .array(z.uuid())
  .max(100)
  .meta({ title: 'Tenants', description: 'None chosen: all of them.', options: 'connections' });

const where = conditions.meta({
  title: 'Only when',
  description: 'Asked once, when it would start.',
  editor: 'conditions',
});

const namedState = stateNumber.meta({ enumNames: stateNumbers.map((state) => stateTitles[state]) });

const startingStates = stateNumbers.filter((state) => state !== 0);

const states = z
  .array(
    z
      .literal(startingStates, { error: 'Entering 0 starts nothing: choose another state.' })
      .meta({ enumNames: startingStates.map((state) => stateTitles[state]) }),
  )
  .min(1, 'Choose a state.');

const audience = { connectionIds, where } as const;

/** Every way in which a flow starts, by its `on`. */
export const triggerData = z
  .discriminatedUnion('on', [
    z
      .object({
        on: z.literal('state_changed'),
        states: states.meta({ title: 'States', description: 'Entering any of them starts the flow.' }),
        ...audience,
      })
      .meta({ title: 'A customer’s state changed' }),
    z.object({ on: z.literal('lead_received'), ...audience }).meta({ title: 'A lead was received' }),
    z
      .object({
        on: z.literal('appointment'),
        hours: z
          .number()
          .positive('Enter more than 0.')
          .max(24 * 60)
          .meta({ title: 'Hours' }),
        direction: z.enum(['before', 'after']).meta({ title: 'Before or after it starts' }),
        states: z
          .array(namedState)
          .meta({ title: 'Only in these states', description: 'None chosen: whatever the state is.' }),
        ...audience,
      })
      .meta({ title: 'An appointment is near' }),
    z
      .object({
        on: z.literal('schedule'),
        every: z.enum(['day', 'week', 'month']).meta({ title: 'Every' }),
        weekday: z
          .enum(weekdays)
          .optional()
          .meta({ title: 'On', showIf: { every: 'week' } }),
        dayOfMonth: z
          .int()
          .min(1)
          .max(31)
          .optional()
          .meta({
            title: 'Day of the month',
            description: 'In shorter months the last day.',
            showIf: { every: 'month' },
          }),
        time: localTime.meta({
          title: 'At',
          description: 'In the time zone of each tenant.',
          format: 'time',
        }),
        states: states.meta({ title: 'Everybody in', description: 'Who is in one of these states then.' }),
        ...audience,
      })
      .meta({ title: 'At set times' }),
    z.object({ on: z.literal('manual') }).meta({ title: 'Somebody starts it by hand' }),
    z.object({ on: z.literal('flow') }).meta({ title: 'Another flow starts it' }),
  ])
  .meta({ title: 'Starts when' });
export type TriggerData = z.infer<typeof triggerData>;
export type TriggerKind = TriggerData['on'];

/** Starts the flow; every flow has exactly one. */
export const triggerNode = defineNode({
  title: 'Trigger',
  description: 'When the flow starts',
  group: 'Trigger',
  keywords: ['start', 'when'],
  data: triggerData,
  initial: { on: 'state_changed', states: [1], connectionIds: [], where: noConditions },
  outputs: () => onlyOutput,
  sentence: (data, names) => {
    const only = 'where' in data ? conditionWords(data.where, names) : '';
    return `${startWords(data, names)}${only === '' ? '' : `, only when ${only}`}`;
  },
});

function startWords(data: TriggerData, names: NodeNames): string {
  switch (data.on) {
    case 'state_changed':
      return `When a customer${tenantWords(data.connectionIds, names)} enters ${orWords(data.states.map((state) => `"${stateTitles[state]}"`))}`;
    case 'lead_received':
      return `When a lead${tenantWords(data.connectionIds, names)} is received`;
    case 'appointment':
      return `${countWords(data.hours, 'hour')} ${data.direction} an appointment${tenantWords(data.connectionIds, names)}`;
    case 'schedule':
      return `${everyWords(data)} at ${data.time}, everybody in ${orWords(data.states.map((state) => `"${stateTitles[state]}"`))}${tenantWords(data.connectionIds, names)}`;
    case 'manual':
      return 'When somebody starts it by hand';
    case 'flow':
      return 'When another flow starts it';
  }
}

function everyWords({ every, weekday, dayOfMonth }: Extract<TriggerData, { on: 'schedule' }>): string {
  if (every === 'week') return `Every ${weekdayTitles[weekday ?? 'monday']}`;
  return every === 'month' ? `Every month on day ${dayOfMonth ?? 1}` : 'Every day';
}

function tenantWords(ids: readonly string[], names: NodeNames): string {
  if (ids.length === 0) return '';
  return ` of ${orWords(ids.map((id) => names.option('connections', id) ?? 'a tenant that is gone'))}`;
}

function orWords(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '…') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
