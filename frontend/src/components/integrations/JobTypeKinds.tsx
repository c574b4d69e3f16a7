import { SegmentedControl } from '@mantine/core';
import type { JobTypeKind } from '../../api.ts';
import styles from './Integrations.module.css';

interface JobTypeKindsProps {
  jobTypes: { id: number; name: string }[];
  kinds: ReadonlyMap<number, JobTypeKind>;
  onChange: (jobTypeId: number, kind: JobTypeKind) => void;
}

const options: { value: JobTypeKind; label: string }[] = [
  { value: 'sales', label: 'Sales visit' },
  { value: 'install', label: 'Install' },
  { value: 'other', label: 'Other' },
];

/** What each job type of a tenant means, as suggested: confirmed when it is connected. */
export function JobTypeKinds({ jobTypes, kinds, onChange }: JobTypeKindsProps) {
  return (
    <ul className={styles.kinds}>
      {jobTypes.map(({ id, name }) => (
        <li key={id}>
          <span>{name}</span>
          <SegmentedControl
            size="xs"
            aria-label={`What “${name}” means`}
            data={options}
            value={kinds.get(id) ?? ''}
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
