import { AppError } from '../errors.ts';
import { describeMessageReason } from '../email/messageReasons.ts';
import { describeEndReason } from '../flow/endReasons.ts';
import { findNode } from '../flow/nextSteps.ts';
import { rulesOf, stepWords } from '../flow/stepWords.ts';
import { titleOfNode } from '../flow/titleOfNode.ts';
import { listConnections } from '../repositories/connectionRepository.ts';
import type { Database } from '../repositories/database.ts';
import { findFlow, findVersion, listFlows } from '../repositories/flowRepository.ts';
import { loadGraphs } from '../repositories/flowRunRepository.ts';
import {
  explainFlow,
  type ExplainedFlowStart,
  type ExplainedStep,
} from '../repositories/flowWhyRepository.ts';
import { emptyGraph, type FlowGraph } from '../schemas/flow.ts';
import type { WhyEntry, WhyReply, WhyStep } from '../schemas/flowApi.ts';
import { stateTitles } from '../schemas/state.ts';
import { explainStart } from '../state/explainFlows.ts';
import { writeTime } from '../state/writeTime.ts';
import type { NameBook } from './NameBook.ts';
import type { OptionService } from './OptionService.ts';
import type { Identity } from './SessionService.ts';
import { flowHold, notesOf, tenantHold } from './whyNotes.ts';

/** Older ones are of no use to anybody who asks why. */
const mostEntries = 20;

/** Says why a person did or did not get what a flow sends: the rule that decided, with the values it saw. */
export class FlowWhy {
  readonly #database: Database;
  readonly #options: OptionService;

  constructor(deps: { database: Database; options: OptionService }) {
    this.#database = deps.database;
    this.#options = deps.options;
  }

  /** Viewers are not told the values that are about the person. */
  async explain(
    workspaceId: string,
    flowId: string,
    contactId: string,
    role: Identity['role'],
  ): Promise<WhyReply> {
    const database = this.#database;
    const [flow, [summary], known, book, connections] = await Promise.all([
      findFlow(database, workspaceId, flowId),
      listFlows(database, workspaceId, flowId),
      explainFlow(database, { workspaceId, flowId, contactId, limit: mostEntries }),
      this.#options.names(workspaceId),
      listConnections(database, workspaceId),
    ]);
    if (!flow || !summary) throw new AppError('not_found', 'This flow does not exist.');
    if (!known.contact) throw new AppError('not_found', 'There is no such customer in this workspace.');
    const versionIds = known.starts.flatMap(({ run }) => run?.versionId ?? []);
    const graphs = await loadGraphs(database, [...new Set(versionIds)]);
    const published = flow.published_version_id
      ? await findVersion(database, workspaceId, flow.published_version_id)
      : null;
    const tenant = connections.find(({ id }) => id === known.contact?.connectionId);
    const held = [...flowHold(summary.status), ...tenantHold(tenant)];
    const entries = known.starts.map((start) => {
      const graph = (start.run && graphs.get(start.run.versionId)) ?? emptyGraph;
      return entryOf(start, { graph, book, zone: known.timeZone, hidesPersonal: role === 'viewer', held });
    });
    const [newest] = entries;
    const sendsMail = sendsMailIn(graphs.get(known.starts[0]?.run?.versionId ?? ''));
    const isHeld = newest?.run?.status === 'active';
    const notes = notesOf({
      status: summary.status,
      graph: published?.graph ?? null,
      known,
      book,
      held: isHeld ? [] : held,
    });
    const inShort = newest
      ? [summaryOf(newest, sendsMail), ...(isHeld ? held : [])].join(' ')
      : (notes[0] ?? 'It never started.');
    return {
      customerName: known.contact.name,
      summary: inShort,
      entries,
      notes,
      timeZone: known.timeZone,
    };
  }
}

interface Telling {
  graph: FlowGraph;
  book: NameBook;
  zone: string;
  hidesPersonal: boolean;
  /** What holds it up now. */
  held: readonly string[];
}

function entryOf(start: ExplainedFlowStart, telling: Telling): WhyEntry {
  const { run, outcome, detail, recordedAt } = start;
  const because = explainStart(
    {
      outcome,
      detail,
      recordedAt,
      runStatus: run?.status ?? null,
      endedReason: run?.endedReason ?? null,
    },
    telling.zone,
  );
  return {
    at: recordedAt,
    occasion: occasionOf(start),
    started: outcome === 'started',
    because,
    runId: run?.id ?? detail.runId ?? null,
    run: run && {
      status: run.status,
      versionNumber: run.versionNumber,
      ended: describeEndReason(run.endedReason),
      steps: run.steps.map((step) => stepOf(step, telling)),
    },
  };
}

function occasionOf({ kind, state }: ExplainedFlowStart): string {
  switch (kind) {
    case 'state_changed':
      return state === null ? 'Entered its state' : `Entered "${stateTitles[state]}"`;
    case 'lead_received':
      return 'A lead was received';
    case 'appointment':
      return 'The time by an appointment came';
    case 'schedule':
      return 'A set time came';
    case 'manual':
      return 'Somebody started it by hand';
    case 'flow':
      return 'Another flow started it';
  }
}

function stepOf(step: ExplainedStep, { graph, book, zone, hidesPersonal, held }: Telling): WhyStep {
  const node = findNode(graph, step.nodeId);
  const names = book.namesFor(graph);
  const { message } = step;
  const words = node
    ? stepWords({ ...step, node }, (time) => writeTime(time.toISOString(), zone))
    : 'This step is gone.';
  return {
    nodeId: step.nodeId,
    title: node ? titleOfNode(node, names) : step.nodeId,
    at: step.finishedAt,
    status: step.status,
    words,
    rules: rulesOf(step.output, names, hidesPersonal),
    message: message && {
      id: message.id,
      subject: message.subject,
      status: message.status,
      because: messageWords(message, { zone, held }),
    },
  };
}

function messageWords(
  message: NonNullable<ExplainedStep['message']>,
  { zone, held }: Pick<Telling, 'zone' | 'held'>,
): string {
  const reason = describeMessageReason(message.reason);
  switch (message.status) {
    case 'sent':
      return message.sentAt === null ? 'It was sent.' : `It was sent on ${writeTime(message.sentAt, zone)}.`;
    case 'queued':
      return held.length > 0
        ? `It has not gone out yet. ${held.join(' ')}`
        : (reason ?? 'It is about to go out.');
    case 'skipped':
    case 'failed':
      return reason ?? 'It was not sent.';
  }
}

/** The newest answer, and of a run what became of its e-mails, and what decided. */
function summaryOf({ because, run }: WhyEntry, sendsMail: boolean): string {
  if (!run) return because;
  const messages = run.steps.flatMap(({ message }) => message ?? []);
  const refused = messages.findLast(({ status }) => status === 'skipped' || status === 'failed');
  const failed =
    run.status === 'parked' ? run.steps.findLast(({ status }) => status === 'failed') : undefined;
  // What came to no e-mail at all went another way for a reason.
  const isAsked = run.status === 'ended' || (run.status === 'done' && messages.length === 0);
  const deciding = isAsked ? run.steps.findLast(({ rules }) => rules.length > 0) : undefined;
  return [
    because,
    ...(failed ? [`“${failed.title}”: ${failed.words}`] : []),
    // Of a flow that sends none nobody expects any.
    ...(sendsMail ? [sentWords(messages.filter(({ status }) => status === 'sent').length)] : []),
    ...(refused ? [`"${refused.subject}" was not: ${refused.because}`] : []),
    ...(deciding?.rules.map(ruleSentence) ?? []),
  ].join(' ');
}

function sendsMailIn(graph: FlowGraph | undefined): boolean {
  return graph?.nodes.some(({ type }) => type === 'send_email') ?? false;
}

function sentWords(count: number): string {
  if (count === 0) return 'No e-mail was sent.';
  return count === 1 ? 'One e-mail was sent.' : `${count} e-mails were sent.`;
}

function ruleSentence({ words, saw, holds }: WhyStep['rules'][number]): string {
  return `${words}: ${holds ? 'yes' : 'no'}, it was ${saw}.`;
}
