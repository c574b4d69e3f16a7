import { Cron } from 'croner';
import { weekdays, type Weekday } from '../schemas/nodes/localTime.ts';

export interface LocalSchedule {
  /** 24 hours: 09:30. */
  time: string;
  /** Empty: any day. */
  weekdays: readonly Weekday[];
  /** In shorter months the last day. */
  dayOfMonth?: number | undefined;
}

/**
 * The first moment at or after `from` at which clocks in the zone show this. Where the clock is put forward over it, the moment right
 * after; where it is put back, the first of the two.
 */
export function nextLocalMoment(schedule: LocalSchedule, from: Date, timeZone: string): Date {
  const [hour = '0', minute = '0'] = schedule.time.split(':').map((part) => String(Number(part)));
  const days = schedule.weekdays.map((day) => weekdays.indexOf(day) + 1).join(',') || '*';
  const cron = new Cron(`0 ${minute} ${hour} * * ${days}`, { timezone: timeZone, paused: true });
  // What is asked for is later than the moment given, and counts whole seconds.
  let moment = cron.nextRun(new Date(Math.ceil(from.getTime() / 1000) * 1000 - 1000));
  while (moment && schedule.dayOfMonth !== undefined && !isDayOfMonth(moment, schedule.dayOfMonth, timeZone))
    moment = cron.nextRun(moment);
  if (!moment) throw new RangeError(`There is no ${schedule.time} in ${timeZone}.`);
  return moment;
}

function isDayOfMonth(moment: Date, asked: number, timeZone: string): boolean {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  });
  const [month = 1, day = 1, year = 1970] = parts.format(moment).split('/').map(Number);
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return day === Math.min(asked, daysInMonth);
}
