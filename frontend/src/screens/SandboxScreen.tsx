import { useQuery } from '@tanstack/react-query';
import { EmptyState } from '../components/common/EmptyState.tsx';
import { LinkButton } from '../components/common/LinkButton.tsx';
import { Page } from '../components/common/Page.tsx';
import { QueryView } from '../components/common/QueryView.tsx';
import { RowsSkeleton } from '../components/common/RowsSkeleton.tsx';
import { ClockPanel } from '../components/sandbox/ClockPanel.tsx';
import { StoryPanel } from '../components/sandbox/StoryPanel.tsx';
import { queries } from '../queries.ts';

/** The embedded mode's own ServiceTitan: make things happen and let time pass. */
export function SandboxScreen() {
  const integrations = useQuery(queries.integrations());
  return (
    <Page title="Sandbox" description="A ServiceTitan of your own: nothing here touches a real company.">
      <QueryView query={integrations} skeleton={<RowsSkeleton rows={4} height={80} />}>
        {(data) => {
          const connections = data.integrations
            .flatMap((integration) => integration.connections)
            .filter(({ environment }) => environment === 'sandbox');
          return connections.length === 0 ? (
            <EmptyState
              title="No sandbox tenant is connected"
              action={<LinkButton to="/integrations">Open the integrations</LinkButton>}
            >
              Connect a tenant with the environment “sandbox” to play with it.
            </EmptyState>
          ) : (
            <>
              <StoryPanel connections={connections} />
              <ClockPanel />
            </>
          );
        }}
      </QueryView>
    </Page>
  );
}
