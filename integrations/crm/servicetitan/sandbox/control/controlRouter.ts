import express, { type NextFunction, type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { faultInput, type Faults } from '../api/Faults.ts';
import type { RequestLog } from '../api/RequestLog.ts';
import { fieldErrors } from '../resources/fieldErrors.ts';
import type { Store, StoredTenant } from '../Store.ts';
import { storyInput } from '../story/storyInput.ts';
import { tellStory } from '../story/tellStory.ts';
import { describeTenant } from '../tenants.ts';
import { clockInput, describeClock, moveClock } from './clockControl.ts';
import { ControlError, refuse } from './ControlError.ts';
import { loadRecords, requireResource, requireTenant } from './loadRecords.ts';

export interface ControlParts {
  readonly store: Store;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly seed: number;
}

const tenantInput = z.object({
  name: z.string().min(1),
  clientId: z.string().min(1).optional(),
  clientSecret: z.string().min(1).optional(),
  timeZone: z.string().refine(isTimeZone, 'must be an IANA time zone').optional(),
  scopes: z.array(z.string()).optional(),
});

const dumpQuery = z.object({
  after: z.coerce.number().int().nonnegative().default(0),
  limit: z.coerce.number().int().min(1).max(100_000).default(1000),
});

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    // An unknown zone is refused with a message by the schema.
    return false;
  }
}

function read<Value>(schema: z.ZodType<Value>, input: unknown): Value {
  const parsed = schema.safeParse(input ?? {});
  if (!parsed.success) throw refuse(fieldErrors(parsed.error));
  return parsed.data;
}

function joined(part: string | string[] | undefined): string {
  return Array.isArray(part) ? part.join('/') : (part ?? '');
}

function describe({ info, records }: StoredTenant) {
  return { ...info, counts: records.counts() };
}

/** The sandbox's own switches, below /_sandbox and without authorization. */
export function controlRouter({ store, faults, log, seed }: ControlParts): Router {
  const router = Router();
  router.use(express.json({ limit: '512mb', strict: false, type: () => true }));

  /** Answers with what the work gives, once all that it wrote is kept. */
  const kept = (work: (request: Request) => unknown) => async (request: Request, response: Response) => {
    const body = work(request);
    await store.flush();
    response.json(body);
  };

  router.get('/tenants', (_request, response) => {
    response.json({ tenants: store.tenants().map(describe) });
  });
  const putTenant = kept((request) => {
    const id = read(z.coerce.number().int().positive(), request.params['tenant']);
    return describe(store.putTenant(describeTenant({ id, ...read(tenantInput, request.body) })));
  });
  const clearTenant = kept((request) => {
    store.clear(requireTenant(store, joined(request.params['tenant'])));
    return {};
  });
  router.route('/tenants/:tenant').put(putTenant).delete(clearTenant);

  const load = kept((request) => {
    const [tenant, resource] = [joined(request.params['tenant']), joined(request.params['resource'])];
    return { loaded: loadRecords(store, { tenant, resource, records: request.body }) };
  });
  const dump = kept((request) => {
    const resource = requireResource(joined(request.params['resource']));
    const { after, limit } = read(dumpQuery, request.query);
    return resource.dump(requireTenant(store, joined(request.params['tenant'])).records, after, limit);
  });
  router.route('/tenants/:tenant/*resource').put(load).get(dump);

  const tell = kept((request) => tellStory(store, read(storyInput, request.body), seed));
  router.post('/story', tell);

  const showClock = kept(() => ({ ...describeClock(store.clock), changes: store.changes }));
  const setClock = kept((request) => {
    moveClock(store.clock, read(clockInput, request.body));
    return describeClock(store.clock);
  });
  router.route('/clock').get(showClock).post(setClock);

  router.get('/faults', (_request, response) => {
    response.json({ faults: faults.list() });
  });
  router.post('/faults', (request, response) => {
    const inputs = Array.isArray(request.body) ? request.body : [request.body];
    response.json({ faults: faults.add(read(z.array(faultInput), inputs)) });
  });
  router.delete('/faults', (_request, response) => {
    faults.clear();
    response.json({ faults: [] });
  });

  router.get('/requests', (_request, response) => {
    response.json({ requests: log.requests() });
  });
  router.get('/counters', (_request, response) => {
    response.json(log.counters());
  });
  router.delete(['/requests', '/counters'], (_request, response) => {
    log.reset();
    response.json({});
  });

  router.use((request) => {
    throw new ControlError(
      404,
      `There is no ${request.method} ${request.originalUrl}; the sandbox's README lists what there is.`,
    );
  });
  router.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    const unreadable = unreadableBody.safeParse(error);
    if (error instanceof ControlError) {
      response.status(error.status).json({ error: { message: error.message, issues: error.issues } });
    } else if (unreadable.success) {
      const message = `The body cannot be read: ${unreadable.data.message}`;
      response.status(unreadable.data.status).json({ error: { message, issues: [] } });
    } else {
      next(error);
    }
  });
  return router;
}

/** What Express's body parser throws. */
const unreadableBody = z.object({ status: z.int().min(400).max(499), type: z.string(), message: z.string() });
