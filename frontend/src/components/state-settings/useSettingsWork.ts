import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SettingsPreview, SettingsPreviewReply } from '#backend/schemas/stateSettings.ts';
import { api, type SettingsDraft, type SettingsPath } from '../../api.ts';
import { queries } from '../../queries.ts';
import { notifyDone } from '../common/notify.tsx';

interface SettingsWorkOptions {
  path: SettingsPath;
  /** The changes that a preview was of, to ask for it again. */
  changesOf: (preview: SettingsPreview) => SettingsDraft;
  /** The change was made: nothing is drafted any more. */
  onApplied: () => void;
}

export type SettingsWork = ReturnType<typeof useSettingsWork>;

/** Previews, applies and undoes changes of settings; what is under way is on the server, not in this tab. */
export function useSettingsWork({ path, changesOf, onApplied }: SettingsWorkOptions) {
  const queryClient = useQueryClient();
  const { queryKey } = queries.settingsPreview(path);
  const show = (reply: SettingsPreviewReply) => queryClient.setQueryData(queryKey, reply);
  const start = useMutation({
    mutationFn: (body: { changes: SettingsDraft } | { undoes: string }) => api.previewSettings(path, body),
    onSuccess: show,
  });
  const discard = useMutation({ mutationFn: () => api.discardPreview(path), onSuccess: show });
  const finish = async (message: string) => {
    notifyDone(message);
    show({ preview: null });
    onApplied();
    await queryClient.invalidateQueries();
  };
  const apply = useMutation({
    mutationFn: (body: { previewId: string; startFlows: boolean; note: string }) =>
      api.applySettings(path, body),
    onSuccess: () => finish('The change is made; the journeys follow.'),
  });
  const undo = useMutation({
    mutationFn: (changeId: string) => api.undoSettings(path, changeId),
    onSuccess: () => finish('The change is undone; the journeys go back.'),
  });
  const reset = () => {
    for (const each of [start, discard, apply, undo]) each.reset();
  };
  return {
    error: start.error ?? apply.error ?? undo.error ?? discard.error,
    isStarting: start.isPending,
    isDiscarding: discard.isPending,
    isApplying: apply.isPending || undo.isPending,
    preview: (changes: SettingsDraft) => {
      reset();
      start.mutate({ changes });
    },
    previewUndo: (changeId: string) => {
      reset();
      start.mutate({ undoes: changeId });
    },
    repeat: (preview: SettingsPreview) => {
      reset();
      start.mutate(preview.undoes ? { undoes: preview.undoes } : { changes: changesOf(preview) });
    },
    discard: () => {
      reset();
      discard.mutate();
    },
    apply: (body: { previewId: string; startFlows: boolean; note: string }) => {
      reset();
      apply.mutate(body);
    },
    undo: (preview: SettingsPreview) => {
      reset();
      if (preview.undoes) undo.mutate(preview.undoes);
    },
  };
}
