import type { ReadSource } from './ReadOutcome.ts';
import type { SyncResource } from './readOrder.ts';

/** Polls and due work on demand: done by this process, or by Trigger.dev where that runs the tasks. */
export interface PollRequests {
  /** Asks for a poll in the background; with `resources`, of these and what follows them in read order. */
  request(connectionId: string, source: ReadSource, resources?: readonly SyncResource[]): void;
  /** Asks for the flow steps that are due, and the messages that these queue, in the background. */
  requestDueWork(): void;
  /** Settles when nothing that was asked for is still under way here. */
  idle(): Promise<void>;
  /** Finishes what is under way and takes no more. */
  stop(): Promise<void>;
}
