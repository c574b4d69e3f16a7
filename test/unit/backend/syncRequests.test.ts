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
    poll: (connectionId, source, { resources }) => {
      polls.push([connectionId, source, ...(resources ?? [])].join(' '));
      return Promise.resolve({ status: statuses.shift() ?? 'succeeded', left: [] });
    },
    runDueWork: () => Promise.resolve(),
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

  it('reads the resources of all that was asked for meanwhile, or everything', async () => {
    const { requests, polls } = requestsThatEnd();
    requests.request('a', 'webhook', ['jobs']);
    requests.request('a', 'webhook', ['leads']);
    requests.request('a', 'webhook', ['jobs', 'estimates']);
    await requests.idle();
    expect(polls).toEqual(['a webhook jobs', 'a webhook leads jobs estimates']);
    requests.request('a', 'webhook', ['jobs']);
    requests.request('a', 'manual', ['leads']);
    requests.request('a', 'webhook');
    await requests.idle();
    expect(polls.slice(2)).toEqual(['a webhook jobs', 'a manual']);
  });

  it('waits no longer for another worker when the process stops', async () => {
    const polls: string[] = [];
    const requests = new SyncRequests({
      poll: (connectionId) => {
        polls.push(connectionId);
        return Promise.resolve({ status: 'busy', left: [] });
      },
      runDueWork: () => Promise.resolve(),
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

describe('a first pass that a requested sync left', () => {
  /** A first pass of so many polls, during the first of which more is asked for. */
  function requestsWithFirstPass(pollsLeft: number, meanwhile: (requests: SyncRequests) => void) {
    const polls: string[] = [];
    const requests: SyncRequests = new SyncRequests({
      poll: (connectionId, source, { resources, isScheduled }) => {
        polls.push([source, ...(resources ?? []), ...(isScheduled ? ['rest'] : [])].join(' '));
        if (polls.length === 1) meanwhile(requests);
        const left = resources || (pollsLeft -= 1) <= 0 ? [] : [{ connectionId, source, ...feed }];
        return Promise.resolve({ status: 'succeeded', left });
      },
      runDueWork: () => Promise.resolve(),
      sleep,
      logger: createLogger('silent'),
    });
    return { requests, polls };
  }
  const feed = { resource: 'customers', path: 'feed' } as const;

  it('is gone on with until it is done', async () => {
    const { requests, polls } = requestsWithFirstPass(3, () => {});
    requests.request('a', 'manual');
    await requests.idle();
    expect(polls).toEqual(['manual', 'poll rest', 'poll rest']);
  });

  it('lets what is asked for meanwhile have its turn, and goes on after it', async () => {
    const { requests, polls } = requestsWithFirstPass(3, (busy) => busy.request('a', 'webhook', ['jobs']));
    requests.request('a', 'manual');
    await requests.idle();
    expect(polls).toEqual(['manual', 'webhook jobs', 'poll rest', 'poll rest']);
  });
});

describe('due work that is asked for', () => {
  it("is done in the background, and a failure of it is nobody else's", async () => {
    const works: string[] = [];
    const requests = new SyncRequests({
      poll: () => Promise.resolve({ status: 'succeeded', left: [] }),
      runDueWork: () => {
        works.push('work');
        return works.length === 1 ? Promise.reject(new Error('out of order')) : Promise.resolve();
      },
      sleep,
      logger: createLogger('silent'),
    });
    requests.requestDueWork();
    requests.requestDueWork();
    await requests.stop();
    requests.requestDueWork();
    expect(works).toEqual(['work', 'work']);
  });
});
