import { useSessionStorage } from '@mantine/hooks';
import { useEffect } from 'react';
import type { ConnectionSettings, WorkspaceLimits } from '#backend/schemas/stateSettings.ts';
import type { SettingsDraft } from '../../api.ts';
import { countChanges, openChanges } from './settingsDraft.ts';

/** What is to be changed and not applied yet; a reload keeps it. */
export function useSettingsDraft(name: string, settings: ConnectionSettings | WorkspaceLimits) {
  const [kept, setDraft, discard] = useSessionStorage<SettingsDraft>({
    key: `settings-draft:${name}`,
    defaultValue: {},
    getInitialValueInEffect: false,
  });
  // What was applied is no draft any more, also when it is undone later.
  useEffect(() => setDraft((draft) => openChanges(settings, draft)), [settings, setDraft]);
  const draft = openChanges(settings, kept);
  return { draft, count: countChanges(settings, draft), setDraft, discard };
}
