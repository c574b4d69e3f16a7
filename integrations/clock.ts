/** The source of the current time. Logic takes one instead of reading the system's, so that time can be moved. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
