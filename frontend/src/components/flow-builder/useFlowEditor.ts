import { useReducer } from 'react';
import type { FlowReply } from '#backend/schemas/api.ts';
import { openEditor, runEditor } from './editor/flowEditor.ts';
import { useAutosave } from './useAutosave.ts';

/** The builder's store: the document with its undo and selection, and what of it the server has. */
export function useFlowEditor(opened: FlowReply) {
  const [state, dispatch] = useReducer(runEditor, opened, ({ draft, flow }) =>
    openEditor({ name: flow.name, graph: draft }),
  );
  const saving = useAutosave(opened, state.document);
  return { state, dispatch, saving };
}
export type FlowEditor = ReturnType<typeof useFlowEditor>;
