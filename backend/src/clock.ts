export { systemClock, type Clock } from '#integrations/clock.ts';
