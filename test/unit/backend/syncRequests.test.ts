import { describe, expect, it } from 'vitest';
import { sleep } from '#integrations/retry.ts';
import { createLogger } from '#backend/logger.ts';
import { SyncRequests } from '#backend/services/SyncRequests.ts';

type Status = 'succeeded' | 'failed' | 'busy';

/** Requests whose polls end as told, then succeed; `waited` are the delays between them. */
function requestsThatEnd(...statuses: Status[]) {
  const polls: string[] = [];
  const waited: number[] = [];
  const requests = new SyncRequests({
    poll: (connectionId, source) => {
      polls.push(`${connectionId} ${source}`);
      return Promise.resolve(statuses.shift() ?? 'succeeded');
    },
    sleep: (milliseconds) => {
      waited.push(milliseconds);
      return Promise.resolve();
    },
    logger: createLogger('silent'),
  });
  return { requests, polls, waited };
}

describe('a requested sync', () => {
  it('is asked for again a little later while another worker is at it', async () => {
    const { requests, polls, waited } = requestsThatEnd('busy', 'busy');
    requests.request('a', 'webhook');
    await requests.idle();
    expect(polls).toEqual(['a webhook', 'a webhook', 'a webhook']);
    expect(waited).toHaveLength(2);
  });

  it('is given up after some time, and a later one is tried anew', async () => {
    const { requests, polls } = requestsThatEnd(...Array<Status>(6).fill('busy'));
    requests.request('a', 'webhook');
    await requests.idle();
    expect(polls).toHaveLength(6);
    requests.request('a', 'manual');
    await requests.idle();
    expect(polls.slice(6)).toEqual(['a manual']);
  });

  it('is not asked for again after a failure, which the next poll meets as well', async () => {
    const { requests, polls } = requestsThatEnd('failed');
    requests.request('a', 'poll');
    await requests.idle();
    expect(polls).toEqual(['a poll']);
  });

  it('is done once more when it was asked for meanwhile', async () => {
    const { requests, polls } = requestsThatEnd();
    requests.request('a', 'poll');
    requests.request('a', 'webhook');
    requests.request('a', 'manual');
    await requests.idle();
    expect(polls).toEqual(['a poll', 'a manual']);
  });

  it('waits no longer for another worker when the process stops', async () => {
    const polls: string[] = [];
    const requests = new SyncRequests({
      poll: (connectionId) => {
        polls.push(connectionId);
        return Promise.resolve('busy');
      },
      sleep,
      logger: createLogger('silent'),
    });
    requests.request('a', 'poll');
    await requests.stop();
    requests.request('a', 'poll');
    await requests.idle();
    expect(polls).toEqual(['a']);
  });
});
