import { z } from 'zod';
import { conditions, noConditions } from '../conditions.ts';
import { conditionWords } from './conditionWords.ts';
import { defineNode, onlyOutput } from './defineNode.ts';
import { countWords, durationFields, durationWords } from './duration.ts';
import { localTime, weekdays, weekdayTitles } from './localTime.ts';

export const waitNode = defineNode({
  title: 'Wait',
  description: 'For minutes, hours, days or weeks',
  group: 'Timing',
  keywords: ['delay', 'pause', 'sleep'],
  data: z.object({ ...durationFields }),
  initial: { amount: 1, unit: 'days' },
  outputs: () => onlyOutput,
  sentence: (data) => `Wait ${durationWords(data)}`,
});

export const waitTimeNode = defineNode({
  title: 'Wait for a time of day',
  description: 'Until the next 9:00, or the next Tuesday at 9:00',
  group: 'Timing',
  keywords: ['weekday', 'morning', 'office hours', 'quiet hours'],
  data: z.object({
    time: localTime.meta({ title: 'At', description: 'In the time zone of the tenant.', format: 'time' }),
    weekdays: z
      .array(z.enum(weekdays).meta({ enumNames: Object.values(weekdayTitles) }))
      .max(7)
      .meta({ title: 'On', description: 'None chosen: on any day.' }),
    spreadMinutes: z.int().min(0).max(240).meta({
      title: 'Spread over',
      description: 'People who wait for the same moment go on one by one within so many minutes.',
      unit: 'minutes',
    }),
  }),
  initial: { time: '09:00', weekdays: [], spreadMinutes: 15 },
  outputs: () => onlyOutput,
  sentence: (data) => {
    const days = data.weekdays.map((day) => weekdayTitles[day]);
    return `Wait until ${data.time}${days.length === 0 ? '' : ` on ${days.join(', ')}`}`;
  },
});

export const waitUntilNode = defineNode({
  title: 'Wait for the appointment',
  description: 'Until hours before or after it; moves when it is rescheduled',
  group: 'Timing',
  keywords: ['visit', 'reminder', 'before', 'after', 'reschedule'],
  data: z.object({
    hours: z
      .number()
      .positive('Enter more than 0.')
      .max(24 * 60)
      .meta({ title: 'Hours', unit: 'hours' }),
    direction: z.enum(['before', 'after']).meta({ title: 'Before or after the appointment' }),
    whenPast: z.enum(['end', 'continue']).meta({
      title: 'When that moment is already past',
      description: 'End: the flow stops here. Continue: it goes on at once.',
      enumNames: ['End the flow', 'Go on at once'],
    }),
  }),
  initial: { hours: 24, direction: 'before', whenPast: 'end' },
  outputs: () => onlyOutput,
  sentence: ({ hours, direction }) => `Wait until ${countWords(hours, 'hour')} ${direction} the appointment`,
});

export const waitEventNode = defineNode({
  title: 'Wait until something happens',
  description: 'Until what you ask for is true, or the time is up',
  group: 'Timing',
  keywords: ['event', 'time-out', 'reply', 'sold', 'booked', 'canceled'],
  data: z.object({
    until: conditions
      .refine(({ groups }) => groups.length > 0, { message: 'Say what is waited for.' })
      .meta({
        title: 'Until',
        description: 'Looked at whenever something about the customer changes.',
        editor: 'conditions',
      }),
    ...durationFields,
    amount: durationFields.amount.meta({ title: 'At the most' }),
  }),
  initial: { until: noConditions, amount: 3, unit: 'days' },
  outputs: () => [
    { id: 'happened', title: 'It happened' },
    { id: 'timed_out', title: 'Time is up' },
  ],
  sentence: (data, names) =>
    `Wait until ${conditionWords(data.until, names)}, ${durationWords(data)} at the most`,
});
