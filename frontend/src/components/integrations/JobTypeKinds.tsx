import { SegmentedControl, Text } from '@mantine/core';
import type { JobTypeKind } from '../../api.ts';
import { countOf } from '../../money.ts';
import styles from './Integrations.module.css';

interface JobTypeKindsProps {
  jobTypes: { id: number; name: string; jobs?: number }[];
  kinds: ReadonlyMap<number, JobTypeKind>;
  readOnly?: boolean;
  onChange: (jobTypeId: number, kind: JobTypeKind) => void;
}

const options: { value: JobTypeKind; label: string }[] = [
  { value: 'sales', label: 'Sales visit' },
  { value: 'install', label: 'Install' },
  { value: 'other', label: 'Other' },
];

/** What each job type of the tenant means: the states hang on it. */
export function JobTypeKinds({ jobTypes, kinds, readOnly = false, onChange }: JobTypeKindsProps) {
  return (
    <ul className={styles.kinds}>
      {jobTypes.map(({ id, name, jobs }) => (
        <li key={id}>
          <span>
            {name}{' '}
            {jobs === undefined ? null : (
              <Text span size="xs" c="dimmed">
                {countOf(jobs, 'job')}
              </Text>
            )}
            {kinds.has(id) ? null : <span className={styles.unknown}> Not classified: treated as other</span>}
          </span>
          <SegmentedControl
            size="xs"
            aria-label={`What “${name}” means`}
            data={options}
            value={kinds.get(id) ?? ''}
            disabled={readOnly}
            onChange={(value) => {
              const chosen = options.find((option) => option.value === value);
              if (chosen) onChange(id, chosen.value);
            }}
          />
        </li>
      ))}
    </ul>
  );
}
