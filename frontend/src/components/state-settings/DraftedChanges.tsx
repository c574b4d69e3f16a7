import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import type { ConnectionSettings, WorkspaceLimits } from '#backend/schemas/stateSettings.ts';
import type { SettingsPath } from '../../api.ts';
import { queries } from '../../queries.ts';
import { QueryView } from '../common/QueryView.tsx';
import { RowsSkeleton } from '../common/RowsSkeleton.tsx';
import { ChangesList } from './ChangesList.tsx';
import { DraftFoot } from './DraftFoot.tsx';
import { PreviewPanel } from './PreviewPanel.tsx';
import { changesOf } from './settingsDraft.ts';
import type { Subject } from './settingWords.ts';
import type { useSettingsDraft } from './useSettingsDraft.ts';
import { useSettingsWork } from './useSettingsWork.ts';

interface DraftedChangesProps {
  path: SettingsPath;
  settings: ConnectionSettings | WorkspaceLimits;
  drafted: ReturnType<typeof useSettingsDraft>;
  subjects: readonly Subject[];
  zone: string;
  readOnly: boolean;
}

/** What is below settings that states hang on: the way from a draft over its preview to a change, and back. */
export function DraftedChanges({ path, settings, drafted, subjects, zone, readOnly }: DraftedChangesProps) {
  const status = useRef<HTMLParagraphElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const previewed = useQuery(queries.settingsPreview(path));
  const changes = useQuery(queries.settingsChanges(path));
  const work = useSettingsWork({
    path,
    changesOf: ({ differences }) => changesOf(differences, settings),
    onPreview: () => place.current?.focus(),
    onGone: () => status.current?.focus(),
  });
  const skeleton = <RowsSkeleton rows={1} height={30} />;
  return (
    <>
      {readOnly ? null : (
        <DraftFoot
          count={drafted.count}
          work={work}
          error={previewed.data?.preview ? null : work.error}
          statusRef={status}
          onDiscard={drafted.discard}
          onPreview={() => work.preview(drafted.draft)}
        />
      )}
      <div ref={place} tabIndex={-1}>
        <QueryView query={previewed} skeleton={skeleton}>
          {({ preview }) =>
            preview ? (
              <PreviewPanel
                // The form below a preview belongs to this one only.
                key={preview.id}
                preview={preview}
                work={work}
                subjects={subjects}
                zone={zone}
                readOnly={readOnly}
              />
            ) : null
          }
        </QueryView>
      </div>
      <QueryView query={changes} skeleton={skeleton}>
        {(reply) => (
          <ChangesList
            reply={reply}
            subjects={subjects}
            zone={zone}
            readOnly={readOnly}
            isBusy={work.isBusy}
            onUndo={work.previewUndo}
          />
        )}
      </QueryView>
    </>
  );
}
