import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useReducer, useState } from 'react';
import type { FlowReply } from '#backend/schemas/api.ts';
import type { FlowProblem } from '#backend/schemas/flow.ts';
import { api, ApiError } from '../../api.ts';
import { toDraft } from './builderGraph.ts';
import { editFlow, openEditor, type EditorState } from './editorReducer.ts';

interface SavedDraft {
  key: string;
  revision: number;
  problems: FlowProblem[];
}

function contentOf({ graph, name }: EditorState) {
  return { name: name.trim(), graph: toDraft(graph) };
}

/** The builder's store: the graph with its undo, and what of it the server has. */
export function useFlowEditor(opened: FlowReply) {
  const queryClient = useQueryClient();
  const [state, dispatch] = useReducer(editFlow, opened, ({ draft, flow }) => openEditor(draft, flow.name));
  const [saved, setSaved] = useState<SavedDraft>(() => ({
    key: JSON.stringify(contentOf(state)),
    revision: opened.draftRevision,
    problems: opened.problems,
  }));
  const isDirty = JSON.stringify(contentOf(state)) !== saved.key;

  const save = useMutation({
    mutationFn: async (content: ReturnType<typeof contentOf>) => {
      const reply = await api.saveDraft(opened.flow.id, { ...content, draftRevision: saved.revision });
      return { key: JSON.stringify(content), revision: reply.draftRevision, problems: reply.problems };
    },
    onSuccess: async (draft) => {
      setSaved(draft);
      await queryClient.invalidateQueries({ queryKey: ['flow', opened.flow.id] });
      await queryClient.invalidateQueries({ queryKey: ['flows'] });
    },
  });
  const wasRefused = save.error instanceof ApiError && save.error.status === 409;
  const selected = state.graph.nodes.find((node) => node.selected === true);

  return {
    state,
    dispatch,
    selected,
    isDirty,
    problems: saved.problems,
    revision: saved.revision,
    isSaving: save.isPending,
    saveError: wasRefused ? null : save.error,
    /** Somebody else saved in between; ours was not taken. */
    isConflict: wasRefused || (!save.isPending && opened.draftRevision > saved.revision),
    save: () => {
      if (isDirty && !save.isPending) save.mutate(contentOf(state));
    },
  };
}
