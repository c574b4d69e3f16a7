import type { RunReply } from '#backend/schemas/api.ts';
import { defaultSettings } from '#backend/schemas/flowSettings.ts';

type Step = RunReply['steps'][number];

/** A step that has nothing but its place and status. */
export function stepOf(nodeId: string, status: Step['status'], outcome: string | null = null): Step {
  return {
    id: nodeId,
    nodeId,
    title: nodeId,
    visit: 1,
    status,
    enteredAt: '2026-03-02T20:00:00.000Z',
    dueAt: null,
    startedAt: null,
    finishedAt: null,
    milliseconds: null,
    attempts: 1,
    tries: [],
    outcome,
    input: null,
    output: null,
    error: null,
    words: '',
    rules: [],
  };
}

/** A run with these steps. */
export function replyOf(status: RunReply['run']['status'], steps: Step[]): RunReply {
  return {
    run: {
      id: 'run',
      flowId: 'flow',
      flowName: 'A flow',
      versionNumber: 1,
      contactId: null,
      customerName: 'Testa Fictional',
      timeZone: 'America/Los_Angeles',
      state: 1,
      status,
      endedReason: null,
      startedAt: '2026-03-02T20:00:00.000Z',
      endedAt: null,
      journeyId: 'journey',
      triggerKind: 'manual',
      startedBy: null,
      hasNewerVersion: false,
    },
    graph: { nodes: [], edges: [], notes: [], settings: defaultSettings },
    steps,
  };
}
