import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { FlowReply } from '#backend/schemas/api.ts';
import { diffGraphs } from '#backend/schemas/diffGraphs.ts';
import type { FlowProblem } from '#backend/schemas/flow.ts';
import { api, ApiError } from '../../api.ts';
import type { FlowDocument } from './editor/flowDocument.ts';

export type SaveState = 'saved' | 'unsaved' | 'saving' | 'offline' | 'refused' | 'conflict';

/** What of the flow the server has. */
interface SavedDraft {
  document: FlowDocument;
  revision: number;
  problems: readonly FlowProblem[];
}

/** Whether the server has exactly this; places and notes count. */
function isStored(given: FlowDocument, { draft, flow }: FlowReply): boolean {
  const { isSame, moved, notes } = diffGraphs(given.graph, draft);
  const isWhole = isSame && moved === 0 && notes.added + notes.removed + notes.changed === 0;
  return isWhole && (given.name.trim() === '' || given.name.trim() === flow.name);
}

const pauseMs = 1500;
const retryMs = 5000;

interface Moment {
  isDirty: boolean;
  isPending: boolean;
  error: Error | null;
  isOvertaken: boolean;
}

function stateOf({ isDirty, isPending, error, isOvertaken }: Moment): SaveState {
  if (isPending) return 'saving';
  if (isOvertaken || (error instanceof ApiError && error.status === 409)) return 'conflict';
  if (!isDirty) return 'saved';
  if (error instanceof ApiError && error.status < 500) return 'refused';
  return error ? 'offline' : 'unsaved';
}

/** Saves the draft a moment after the last edit, and goes on trying while the server cannot be reached. */
export function useAutosave(opened: FlowReply, document: FlowDocument) {
  const queryClient = useQueryClient();
  const flowId = opened.flow.id;
  const [saved, setSaved] = useState<SavedDraft>({
    document,
    revision: opened.draftRevision,
    problems: opened.problems,
  });
  // One save after the other: each is told the revision that the one before came to.
  const newest = useRef(saved);
  const underWay = useRef<Promise<unknown> | null>(null);
  // The server may have taken it, and only the answer was lost on its way.
  const unanswered = useRef<FlowDocument | null>(null);
  const save = useMutation({
    networkMode: 'always',
    mutationFn: async (given: FlowDocument): Promise<SavedDraft> => {
      const name = given.name.trim();
      const put = async (draftRevision: number): Promise<SavedDraft> => {
        const body = { graph: given.graph, draftRevision, ...(name === '' ? {} : { name }) };
        const reply = await api.saveDraft(flowId, body);
        return { document: given, revision: reply.draftRevision, problems: reply.problems };
      };
      const { revision } = newest.current;
      try {
        return await put(revision);
      } catch (error) {
        const lost = unanswered.current;
        if (!(error instanceof ApiError)) unanswered.current = given;
        if (!(error instanceof ApiError) || error.status !== 409 || !lost) throw error;
        const now = await api.flow(flowId);
        if (now.draftRevision !== revision + 1 || !isStored(lost, now)) throw error;
        return put(now.draftRevision);
      }
    },
    onSuccess: (draft) => {
      newest.current = draft;
      unanswered.current = null;
      setSaved(draft);
      void queryClient.invalidateQueries({ queryKey: ['flow', flowId], exact: true });
      void queryClient.invalidateQueries({ queryKey: ['flows'] });
    },
  });
  const { isPending, error } = save;
  const isDirty = document !== saved.document;
  // Without an answer it may be our own save that the server has.
  const isAnswered = error === null || error instanceof ApiError;
  const isOvertaken = !isPending && isAnswered && opened.draftRevision > saved.revision;
  const state = stateOf({ isDirty, isPending, error, isOvertaken });

  const start = async (given: FlowDocument): Promise<void> => {
    const saving = save.mutateAsync(given);
    underWay.current = saving;
    try {
      await saving;
    } finally {
      underWay.current = null;
    }
  };
  /** Saves what is not saved yet; answers the draft's revision. */
  const flush = async (): Promise<number> => {
    await underWay.current?.catch(() => undefined);
    if (document !== newest.current.document) await start(document);
    return newest.current.revision;
  };
  const saveNow = useEffectEvent((edited: FlowDocument) => {
    if (underWay.current === null && edited === document) flush().catch(() => undefined);
  });
  useEffect(() => {
    if (state !== 'unsaved' && state !== 'offline') return undefined;
    const go = () => saveNow(document);
    const timer = setTimeout(go, state === 'offline' ? retryMs : pauseMs);
    window.addEventListener('online', go);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('online', go);
    };
  }, [document, state]);
  // What was refused may be mended by the next edit.
  const forget = useEffectEvent((edited: FlowDocument) => {
    if (state === 'refused' && edited !== save.variables) save.reset();
  });
  useEffect(() => forget(document), [document]);

  return { state, isDirty, isOvertaken, problems: saved.problems, revision: saved.revision, error, flush };
}
