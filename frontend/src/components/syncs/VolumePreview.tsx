import { Button, Loader, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { VolumeReply, VolumeRequest } from '#backend/schemas/api.ts';
import { countOf, formatCount } from '../../money.ts';
import { queries } from '../../queries.ts';
import { resourceWords } from '../integrations/resourceWords.ts';
import { roughTime } from './resourceHealth.ts';
import styles from './syncs.module.css';

/** How many records a tenant has that changed since a moment, and how long reading them takes. */
export function VolumePreview({ tenant, from }: VolumeRequest) {
  const volume = useQuery(queries.volume({ tenant, from }));
  if (volume.error) {
    return (
      <div>
        <Text size="sm" c="var(--chou-bad)" role="alert" mb="xs">
          The records could not be counted. {volume.error.message}
        </Text>
        <Button size="xs" variant="default" onClick={() => void volume.refetch()}>
          Count again
        </Button>
      </div>
    );
  }
  return (
    <div className={styles.preview}>
      <Text size="sm" role="status">
        {volume.data ? (
          <>
            {volume.data.resources.some(({ records }) => records === null) ? 'At least ' : null}
            <strong>{countOf(volume.data.records, 'record')}</strong> to read,{' '}
            {roughTime(volume.data.seconds)}
          </>
        ) : (
          <>
            <Loader size={12} mr="sm" aria-hidden />
            Counting the records in ServiceTitan…
          </>
        )}
      </Text>
      {volume.data ? <Counts resources={volume.data.resources} /> : null}
    </div>
  );
}

function Counts({ resources }: Pick<VolumeReply, 'resources'>) {
  return (
    <ul className={styles.volume}>
      {resources.map(({ resource, records }) => (
        <li key={resource}>
          {resourceWords(resource)} <strong>{records === null ? 'unknown' : formatCount(records)}</strong>
        </li>
      ))}
    </ul>
  );
}
