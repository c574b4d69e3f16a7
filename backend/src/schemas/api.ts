import type { RunDetails, RunStep } from './runApi.ts';
import { z } from 'zod';
import type { ConnectionDiagnosis } from '#integrations/ConnectionDiagnosis.ts';
import type { ActionOutput } from '#integrations/outputsOf.ts';
import type { DraftGraph, FlowGraph, FlowProblem } from './flow.ts';
import { draftGraph } from './flow.ts';
import type { TriggerKind } from './nodes/trigger.ts';
import type { StateNumber, TransitionSource } from './state.ts';

/** What the API takes and answers. Times are ISO 8601 in UTC; money is in the tenant's currency, in whole units. */

function isTimeZone(zone: string): boolean {
  return zone === 'UTC' || Intl.supportedValuesOf('timeZone').includes(zone);
}

export interface ErrorReply {
  error: { code: string; message: string; issues?: { field: string; message: string }[] };
}

/** GET /api/session */
export interface SessionReply {
  user: { id: string; email: string };
  workspace: { id: string; name: string; timeZone: string };
  role: 'owner' | 'admin' | 'marketer' | 'viewer';
  /** Only the embedded mode has a mailbox, a sandbox panel and a clock that can be moved. */
  embedded: boolean;
  /** The product's clock, ISO. */
  now: string;
  /** Whether the clock differs from the system's by more than a minute. */
  clockMoved: boolean;
}

/** GET and PATCH /api/workspace: who the workspace is to the people it mails. */
const shortText = z.string().trim().max(200);
export const workspaceRequest = z
  .object({
    name: shortText.min(1, 'Give the workspace a name.'),
    timeZone: z
      .string()
      .refine(isTimeZone, { message: 'Not a time zone; use one such as America/Los_Angeles.' }),
    senderName: shortText.min(1, 'Say whom e-mails come from.'),
    senderEmail: z.email('Enter the address that e-mails come from.'),
    /** Marketing e-mails must carry it; without one none is sent. */
    postalAddress: z.string().trim().max(500),
    phone: shortText,
    website: shortText,
    reviewUrl: shortText,
  })
  .partial();
export type WorkspaceReply = Required<z.infer<typeof workspaceRequest>> & { id: string };

/** POST /api/sign-in: sends a one-time link. POST /api/sign-in/verify: turns the link's token into a session cookie. */
export const signInRequest = z.object({ email: z.email('Enter an e-mail address.') });
export const verifySignInRequest = z.object({ token: z.string().min(6).max(200) });

export interface JourneyCard {
  id: string;
  contactId: string | null;
  customerName: string;
  servicetitanCustomerId: number | null;
  connectionId: string;
  connectionName: string;
  timeZone: string;
  state: StateNumber;
  jobNumber: string | null;
  appointmentStart: string | null;
  stateChangedAt: string;
  happenedAt: string | null;
  openTotal: number;
  soldTotal: number;
}

/**
 * GET /api/board?connectionId=&search= : every column; each has its first 50 cards and GET /api/customers has the rest.
 */
export interface BoardReply {
  columns: {
    state: StateNumber;
    count: number;
    openTotal: number;
    soldTotal: number;
    cards: JourneyCard[];
  }[];
}

/** GET /api/customers?state=&search=&connectionId=&cursor=&limit= : journeys, newest change first. */
export interface CustomersReply {
  customers: JourneyCard[];
  nextCursor: string | null;
  total: number;
}

export interface JourneyDetail extends JourneyCard {
  rootType: 'job' | 'estimate' | 'lead' | 'booking';
  rootId: number;
  jobId: number | null;
  explanation: string;
  wouldChange: string;
  overridden: boolean;
  appointmentEnd: string | null;
  arrivalWindowStart: string | null;
  arrivalWindowEnd: string | null;
  /** What happens next by itself: due steps of active runs. */
  upcoming: { runId: string; flowId: string; flowName: string; nodeTitle: string; dueAt: string | null }[];
}

/** One line of a timeline, newest first. */
export type TimelineItem = { id: string; at: string; journeyId: string | null } & (
  | { type: 'record'; resource: string; recordId: number; title: string; detail: string | null }
  | {
      type: 'transition';
      transitionId: number;
      from: StateNumber;
      to: StateNumber;
      source: TransitionSource;
      explanation: string;
      outcome: string | null;
    }
  | {
      type: 'run';
      runId: string;
      flowId: string;
      flowName: string;
      event: 'started' | 'done' | 'ended' | 'parked';
      reason: string | null;
    }
  | {
      type: 'message';
      messageId: string;
      subject: string;
      to: string | null;
      status: MessageStatus;
      reason: string | null;
    }
  | { type: 'override'; state: StateNumber; reason: string; setBy: string }
);

/** GET /api/customers/:id/timeline ; :id is a contact's id (JourneyCard.contactId). */
export interface TimelineReply {
  contact: {
    id: string;
    name: string;
    email: string | null;
    phone: string | null;
    doNotMail: boolean;
    marketingAllowed: boolean;
    suppressed: string | null;
    servicetitanCustomerId: number | null;
    connectionName: string;
    timeZone: string;
  };
  journeys: JourneyDetail[];
  items: TimelineItem[];
}

/** GET /api/integrations */
export interface IntegrationsReply {
  integrations: {
    id: string;
    name: string;
    description: string;
    category: string;
    /** False: its actions can be used at once; there is nothing to connect. */
    needsConnection: boolean;
    /** JSON Schema of the credentials, for the connect form. */
    credentialSchema: unknown;
    actions: {
      id: string;
      title: string;
      description: string;
      category: string;
      effect: 'read' | 'write' | 'state';
      inputSchema: unknown;
      /** What it answers, for conditions and texts of later steps: `steps.<node>.<name>`. */
      outputs: ActionOutput[];
    }[];
    connections: ConnectionSummary[];
  }[];
}

export interface ConnectionSummary {
  id: string;
  name: string;
  environment: 'production' | 'integration' | 'sandbox';
  tenantId: number;
  timeZone: string;
  status: 'connected' | 'paused' | 'error';
  statusReason: string | null;
  lastSyncAt: string | null;
  syncing: boolean;
  customers: number;
  /** Set while calls to the tenant are paused because they failed in a row. */
  circuit: { state: 'open' | 'half_open'; nextTryAt: string | null; failures: number; reason: string } | null;
}

/**
 * POST /api/servicetitan/auth/test checks the credentials and answers the tenant's job types with a suggestion each.
 * POST /api/servicetitan/auth checks, then saves the connection and answers its ConnectionSummary; never a secret.
 */
export const connectRequest = z.object({
  name: z.string().trim().min(1, 'Give the connection a name, e.g. SOCAL.').max(60),
  environment: z.enum(['production', 'integration', 'sandbox']),
  timeZone: z
    .string()
    .refine(isTimeZone, { message: 'Not a time zone; use one such as America/Los_Angeles.' }),
  tenantId: z.coerce
    .number()
    .int('The tenant id is a whole number.')
    .positive('The tenant id is a whole number above 0.'),
  clientId: z.string().trim().min(1, 'Paste the client id from ServiceTitan.'),
  clientSecret: z.string().trim().min(1, 'Paste the client secret from ServiceTitan.'),
  appKey: z.string().trim().min(1, 'Paste the app key from ServiceTitan.'),
  bookingProviderId: z.coerce.number().int().positive().optional(),
  applicationGuid: z
    .string()
    .trim()
    .pipe(z.guid('Paste the GUID as the developer portal shows it.'))
    .optional(),
  /** What each job type means, the first time that the tenant is connected; when left out, as the names suggest. */
  classification: z
    .array(z.object({ jobTypeId: z.number().int(), kind: z.enum(['sales', 'install', 'other']) }))
    .optional(),
  /** Records last modified before are not read; when left out, everything is. */
  backfillFrom: z.iso.datetime({ offset: true }).optional(),
  /** What happened before mails nobody; the moment of connecting, when left out. */
  liveFrom: z.iso.datetime({ offset: true }).optional(),
});
export type ConnectRequest = z.infer<typeof connectRequest>;
export interface ConnectTestReply {
  /** The name under which the tenant is connected already; what its job types mean is settled there. */
  connectedAs: string | null;
  jobTypes: { id: number; name: string; suggestion: 'sales' | 'install' | 'other' }[];
}

/** POST /api/servicetitan/auth/volume: of a tenant that is connected, or with its credentials before that. */
export const volumeRequest = z.object({
  from: z.iso.datetime({ offset: true }).nullable(),
  tenant: z.union([
    z.object({ connectionId: z.uuid() }),
    connectRequest.pick({
      environment: true,
      tenantId: true,
      clientId: true,
      clientSecret: true,
      appKey: true,
    }),
  ]),
});
export type VolumeRequest = z.infer<typeof volumeRequest>;

/** GET /api/connections/:id */
export interface ConnectionReply {
  connection: ConnectionSummary;
  liveFrom: string;
  backfillFrom: string | null;
  resources: ResourceSync[];
  /** The newest reads that brought something or failed. */
  syncs: {
    id: string;
    source: string;
    status: 'running' | 'succeeded' | 'failed' | 'abandoned' | 'canceled' | 'partial';
    /** Null where the derivation failed, not a read. */
    resource: string | null;
    path: string | null;
    pages: number;
    startedAt: string;
    finishedAt: string | null;
    counts: Record<string, { read: number; new: number; changed: number; skipped: number; failed: number }>;
    error: string | null;
  }[];
  /** What the last check found; null where there was none. */
  diagnosis: ConnectionDiagnosis | null;
}

/** One way of reading a resource: by list of what changed, by export feed, or in full to find what vanished. */
export interface ReadPathState {
  path: 'list' | 'feed' | 'full';
  /** paused: by a person, for this resource. never: it was not read in this way yet. */
  status: 'idle' | 'reading' | 'backing_off' | 'paused' | 'never';
  lastReadAt: string | null;
  completedAt: string | null;
  nextReadAt: string | null;
  failures: number;
  lastError: string | null;
  /** Of the read under way, or of the last one. */
  recordsRead: number;
}

/** What is known of one resource of a connection; part of GET /api/connections/:id, in read order. */
export interface ResourceSync {
  resource: string;
  records: number;
  /** Records that were set aside: GET /api/connections/:id/rejected?resource= has them. */
  setAside: number;
  lastModifiedOn: string | null;
  paths: ReadPathState[];
  /** Seconds since the last read that reached the end; null where there was none. */
  lag: number | null;
  pollSeconds: number;
  pausedAt: string | null;
  pausedBy: string | null;
  /** The first pass; null for resources that are read whole each time. */
  backfill: {
    /** By the pass under way; once it is done, the records that are here. */
    recordsRead: number;
    /** What the tenant said it has when it began; null where it does not say. */
    expected: number | null;
    perSecond: number | null;
    secondsLeft: number | null;
    /** When the feed was last read to its end; null as long as it never was. */
    doneAt: string | null;
  } | null;
}

/**
 * POST /api/connections/:id/resources/:resource/pause, …/resume and …/cancel (the read under way) answer the
 * ResourceSync; so does PATCH …/resources/:resource. POST …/resources/:resource/run answers {started: true}.
 */
export const resourceRequest = z.object({
  /** How often the resource is read by its fast way; null for the product's own schedule. */
  pollSeconds: z
    .number()
    .int('Give whole seconds.')
    .min(60, 'At least 60 seconds.')
    .max(604_800, 'At most a week.')
    .nullable(),
});

/** POST /api/connections/:id/backfill reads everything anew from there on; null: from the beginning. {started: true} */
export const backfillRequest = z.object({ from: z.iso.datetime({ offset: true }).nullable() });

/** GET /api/connections/:id/rejected?resource=&cursor= : what could not be read, newest first. */
export interface RejectedReply {
  records: {
    resource: string;
    /** 0: the record had no readable id. */
    recordId: number;
    issues: string[];
    readAt: string;
    /** The record as it came, where it was kept. */
    data: unknown;
  }[];
  nextCursor: string | null;
}

/** POST /api/connections/:id/rejected/:resource/:recordId/retry asks for it again, else reads what was kept. */
export interface RetryReply {
  outcome: 'stored' | 'rejected' | 'gone';
  issues: string[];
}

/** The answer to volumeRequest. */
export interface VolumeReply {
  resources: {
    resource: string;
    /** Null where ServiceTitan does not say how many there are, or the app may not read them. */
    records: number | null;
  }[];
  records: number;
  /** A rough guess of how long reading them takes. */
  seconds: number;
}

/** POST /api/connections/:id/diagnosis checks the connection, at most half a minute long; 409 while another check runs. */
export interface DiagnosisReply {
  diagnosis: ConnectionDiagnosis;
}

/** POST /api/servicetitan/sync {connectionId?} answers {started: true}; progress comes as events. */
export const syncRequest = z.object({ connectionId: z.uuid().optional() });

export type FlowStatus = 'draft' | 'live' | 'paused' | 'archived';
/** GET /api/flows; with ?archived=true those too that are archived. */
export interface FlowsReply {
  flows: FlowSummary[];
}
export interface FlowSummary {
  id: string;
  name: string;
  description: string;
  status: FlowStatus;
  /** What starts it, in words. */
  trigger: string;
  /** What kind of thing starts it; null: that is not set up yet. */
  triggerKind: TriggerKind | null;
  /** The first state that entering starts it; null: something else does. */
  triggerState: StateNumber | null;
  /** The published version's number; null: it was never published. */
  versionNumber: number | null;
  activeRuns: number;
  sent: number;
  /** Runs that are parked: a step is out of tries, and somebody has to see to it. */
  failedRuns: number;
  hasUnpublishedChanges: boolean;
  updatedAt: string;
}
/** GET /api/flows/:id */
export interface FlowReply {
  flow: FlowSummary;
  draft: DraftGraph;
  /** Send it back with PUT …/draft; a higher one on the server means that somebody else saved in between (409 conflict). */
  draftRevision: number;
  published: {
    versionId: string;
    number: number;
    publishedAt: string;
    author: string;
    note: string;
    graph: FlowGraph;
  } | null;
  problems: FlowProblem[];
  /** Active runs by the node that they wait at. */
  waiting: Record<string, number>;
  /** Runs that have gone past each node, each counted once, whatever became of them and in whatever version. */
  passed: Record<string, number>;
}
/** POST /api/flows {name} ; PUT /api/flows/:id/draft ; POST /api/flows/:id/publish ; POST /api/flows/:id/status */
export const createFlowRequest = z.object({
  name: z.string().trim().min(1, 'Give the flow a name.').max(120),
});
export const saveDraftRequest = z.object({
  name: z.string().trim().min(1).max(120).optional(),
  graph: draftGraph,
  draftRevision: z.int(),
});
export interface SaveDraftReply {
  draftRevision: number;
  problems: FlowProblem[];
}
/** Paused and archived flows hold people where they are. */
export const flowStatusRequest = z.object({ status: z.enum(['live', 'paused', 'archived']) });

type RunStatus = 'active' | 'done' | 'ended' | 'parked';
/** GET /api/runs?flowId=&contactId=&status=&cursor= */
export interface RunsReply {
  runs: RunSummary[];
  nextCursor: string | null;
}
export interface RunSummary {
  id: string;
  flowId: string;
  flowName: string;
  versionNumber: number;
  contactId: string | null;
  customerName: string;
  /** Of the tenant that the customer belongs to. */
  timeZone: string;
  state: StateNumber;
  status: RunStatus;
  endedReason: string | null;
  startedAt: string;
  endedAt: string | null;
}
/** GET /api/runs/:id */
export interface RunReply {
  run: RunDetails;
  graph: FlowGraph;
  steps: RunStep[];
}

export type MessageStatus = 'queued' | 'sent' | 'skipped' | 'failed';
/** GET /api/messages?status=&search=&contactId=&cursor= */
export interface MessagesReply {
  messages: MessageSummary[];
  nextCursor: string | null;
}
export interface MessageSummary {
  id: string;
  contactId: string | null;
  customerName: string;
  flowId: string | null;
  flowName: string | null;
  runId: string | null;
  subject: string;
  to: string | null;
  class: 'transactional' | 'marketing';
  status: MessageStatus;
  /** In words: why it was not sent, or what went wrong. */
  reason: string | null;
  createdAt: string;
  sentAt: string | null;
}
/** GET /api/messages/:id */
export interface MessageReply {
  message: MessageSummary & { html: string; text: string; messageId: string };
}

/** GET /api/mailbox?search= (embedded): what the local mail server was given, newest first. GET /api/mailbox/:id */
export interface MailboxReply {
  mails: MailboxMail[];
}
export interface MailboxMail {
  id: string;
  from: string;
  to: string[];
  subject: string;
  receivedAt: string;
}
export interface MailboxMailReply {
  mail: MailboxMail & {
    html: string | null;
    text: string | null;
    headers: { name: string; value: string }[];
  };
}

export const storyEvents = [
  'lead_received',
  'sales_booked',
  'sales_canceled',
  'estimate_created',
  'estimate_sold',
  'install_scheduled',
  'install_canceled',
  'install_completed',
] as const;
/** POST /api/sandbox/story (embedded): plays the event in the sandbox, then polls at once. */
export const storyRequest = z.object({
  connectionId: z.uuid(),
  event: z.enum(storyEvents),
  servicetitanCustomerId: z.int().positive().optional(),
});
export interface StoryReply {
  customerId: number | null;
  customerName: string;
  summary: string;
}
/** POST /api/sandbox/clock (embedded): moves the clock, then does what fell due. */
export const clockRequest = z.object({ advance: z.enum(['PT1H', 'P1D', 'P7D', 'P90D']) });
export interface ClockReply {
  now: string;
}

/**
 * GET /api/events: server-sent events. `event:` is always `change`, `data:` one of these as JSON. The screen then
 * fetches anew what it shows. `id:` is the feed's position, so that a reconnect misses nothing.
 */
export interface ChangeEvent {
  type: 'journey' | 'run' | 'message' | 'sync' | 'flow' | 'connection' | 'clock';
  contactId?: string | null;
  journeyId?: string;
  flowId?: string;
  runId?: string;
  connectionId?: string;
}
