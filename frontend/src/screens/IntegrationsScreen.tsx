import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { EmptyState } from '../components/common/EmptyState.tsx';
import { Page } from '../components/common/Page.tsx';
import { QueryView } from '../components/common/QueryView.tsx';
import { RowsSkeleton } from '../components/common/RowsSkeleton.tsx';
import { SearchFilter } from '../components/common/SearchFilter.tsx';
import { useUrlFilter } from '../components/common/useUrlFilter.ts';
import { IntegrationCard } from '../components/integrations/IntegrationCard.tsx';
import { queries } from '../queries.ts';

const categoryNames: Record<string, string> = { crm: 'CRM' };

/** What can be connected, and what is. */
export function IntegrationsScreen() {
  const integrations = useQuery(queries.integrations());
  const [search] = useUrlFilter('search');
  return (
    <Page
      title="Integrations"
      description="Where customers come from."
      actions={<SearchFilter label="Search integrations" />}
    >
      <QueryView query={integrations} skeleton={<RowsSkeleton rows={2} height={140} />}>
        {(data) => {
          const words = search.toLowerCase();
          const shown = data.integrations.filter(
            ({ name, category, connections, needsConnection }) =>
              needsConnection &&
              [name, category, ...connections.map((each) => each.name)]
                .join(' ')
                .toLowerCase()
                .includes(words),
          );
          if (shown.length === 0)
            return <EmptyState title="No integration matches">Change the search.</EmptyState>;
          return [...Map.groupBy(shown, ({ category }) => category)].map(([category, all]) => (
            <section key={category} aria-label={categoryNames[category] ?? category}>
              <Text component="h2" size="sm" c="dimmed" fw={600} mb="sm">
                {categoryNames[category] ?? category}
              </Text>
              {all.map((integration) => (
                <IntegrationCard key={integration.id} integration={integration} />
              ))}
            </section>
          ));
        }}
      </QueryView>
    </Page>
  );
}
