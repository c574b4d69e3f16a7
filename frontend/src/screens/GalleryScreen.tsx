import { SimpleGrid, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { GalleryCard } from '#backend/schemas/flowApi.ts';
import { BackLink } from '../components/common/BackLink.tsx';
import { EmptyState } from '../components/common/EmptyState.tsx';
import { Page } from '../components/common/Page.tsx';
import { QueryView } from '../components/common/QueryView.tsx';
import { SearchFilter } from '../components/common/SearchFilter.tsx';
import { SelectFilter } from '../components/common/SelectFilter.tsx';
import { useUrlFilter } from '../components/common/useUrlFilter.ts';
import { GalleryFlowCard } from '../components/flows/GalleryFlowCard.tsx';
import { GalleryPreview } from '../components/flows/GalleryPreview.tsx';
import { queries } from '../queries.ts';

const categories = ['Lifecycle', 'Service', 'Sales'].map((value) => ({ value, label: value }));

function matches({ name, description, category }: GalleryCard, search: string, wanted: string): boolean {
  const words = search.toLowerCase();
  return (wanted === '' || category === wanted) && `${name} ${description}`.toLowerCase().includes(words);
}

/** Flows that are ready to be taken over, with what they need and whom they would reach. */
export function GalleryScreen() {
  const gallery = useQuery(queries.gallery());
  const [search] = useUrlFilter('search');
  const [category] = useUrlFilter('category');
  const [previewed, setPreviewed] = useState<GalleryCard | null>(null);
  return (
    <Page
      title="Gallery"
      description="Flows that are ready to use: look at one, take it over as a draft, make it your own."
      before={<BackLink to="/flows" label="All flows" />}
      actions={
        <>
          <SearchFilter label="Search the gallery" />
          <SelectFilter name="category" label="Category" all="All categories" options={categories} />
        </>
      }
    >
      <QueryView query={gallery} skeleton={<Skeleton height="60dvh" radius="lg" />}>
        {({ flows }) => {
          const shown = flows.filter((card) => matches(card, search, category));
          if (shown.length === 0)
            return <EmptyState title="No flow matches">Change the search or the category.</EmptyState>;
          return (
            <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md">
              {shown.map((card) => (
                <GalleryFlowCard key={card.key} card={card} onPreview={() => setPreviewed(card)} />
              ))}
            </SimpleGrid>
          );
        }}
      </QueryView>
      {previewed ? <GalleryPreview card={previewed} onClose={() => setPreviewed(null)} /> : null}
    </Page>
  );
}
