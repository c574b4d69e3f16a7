/** Without a window of none, Trigger.dev would spread the runs over the minute. */
export const everyMinute = { pattern: '* * * * *', window: '0m' } as const;
