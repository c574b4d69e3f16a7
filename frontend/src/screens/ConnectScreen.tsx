import { useQuery } from '@tanstack/react-query';
import { BackLink } from '../components/common/BackLink.tsx';
import { EmptyState } from '../components/common/EmptyState.tsx';
import { Page } from '../components/common/Page.tsx';
import { QueryView } from '../components/common/QueryView.tsx';
import { RowsSkeleton } from '../components/common/RowsSkeleton.tsx';
import { ConnectForm } from '../components/integrations/ConnectForm.tsx';
import { queries } from '../queries.ts';
import { useSession } from '../session.ts';

/** Connects another tenant of ServiceTitan. */
export function ConnectScreen() {
  const integrations = useQuery(queries.integrations());
  const { embedded, workspace, role } = useSession();
  return (
    <Page
      title="Connect ServiceTitan"
      description="Secrets are stored encrypted and never shown again."
      before={<BackLink to="/integrations" label="All integrations" />}
    >
      <QueryView query={integrations} skeleton={<RowsSkeleton rows={7} />}>
        {(data) => {
          const integration = data.integrations.find(({ id }) => id === 'servicetitan');
          if (!integration || (role !== 'owner' && role !== 'admin')) {
            return (
              <EmptyState title="Only administrators connect tenants">
                Ask an owner or administrator of {workspace.name} to do it.
              </EmptyState>
            );
          }
          return (
            <ConnectForm
              credentialSchema={integration.credentialSchema}
              timeZone={workspace.timeZone}
              environment={embedded ? 'sandbox' : 'production'}
            />
          );
        }}
      </QueryView>
    </Page>
  );
}
