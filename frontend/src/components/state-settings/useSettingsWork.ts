import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SettingsPreview, SettingsPreviewReply } from '#backend/schemas/stateSettings.ts';
import { api, type SettingsDraft, type SettingsPath } from '../../api.ts';
import { queries } from '../../queries.ts';
import { notifyDone } from '../common/notify.tsx';

interface SettingsWorkOptions {
  path: SettingsPath;
  /** The changes that a preview was of, to ask for it again. */
  changesOf: (preview: SettingsPreview) => SettingsDraft;
  /** A preview was asked for, and takes the place of the one before. */
  onPreview: () => void;
  /** The preview, and with it the button that was pressed, is about to go. */
  onGone: () => void;
}

export type SettingsWork = ReturnType<typeof useSettingsWork>;

/** Previews, applies and undoes changes of settings; what is under way is on the server, not in this tab. */
export function useSettingsWork({ path, changesOf, onPreview, onGone }: SettingsWorkOptions) {
  const queryClient = useQueryClient();
  const { queryKey } = queries.settingsPreview(path);
  const show = (reply: SettingsPreviewReply) => queryClient.setQueryData(queryKey, reply);
  const start = useMutation({
    mutationFn: (body: { changes: SettingsDraft } | { undoes: string }) => api.previewSettings(path, body),
    onSuccess: (reply) => {
      onPreview();
      show(reply);
    },
  });
  const discard = useMutation({
    mutationFn: () => api.discardPreview(path),
    onSuccess: (reply) => {
      onGone();
      show(reply);
    },
  });
  const finish = async (message: string) => {
    notifyDone(message);
    onGone();
    show({ preview: null });
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
    /** One thing at a time. */
    isBusy: [start, discard, apply, undo].some(({ isPending }) => isPending),
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
