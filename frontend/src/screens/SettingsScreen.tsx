import { useQuery } from '@tanstack/react-query';
import { Page } from '../components/common/Page.tsx';
import { QueryView } from '../components/common/QueryView.tsx';
import { RowsSkeleton } from '../components/common/RowsSkeleton.tsx';
import { LimitsSection } from '../components/state-settings/LimitsSection.tsx';
import { WorkspaceForm } from '../components/state-settings/WorkspaceForm.tsx';
import { queries } from '../queries.ts';
import { useSession } from '../session.ts';

/** How this workspace works: who its e-mails come from, and when states are reset. */
export function SettingsScreen() {
  const { role, workspace: own } = useSession();
  const workspace = useQuery(queries.workspace());
  const readOnly = role !== 'owner' && role !== 'admin';
  return (
    <Page
      title="Settings"
      description={
        readOnly ? 'An administrator of the workspace can change them.' : 'They hold for the whole workspace.'
      }
    >
      <LimitsSection zone={own.timeZone} readOnly={readOnly} />
      <QueryView query={workspace} skeleton={<RowsSkeleton rows={7} height={56} />}>
        {(data) => <WorkspaceForm workspace={data} readOnly={readOnly} />}
      </QueryView>
    </Page>
  );
}
